package microsoft_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
)

func TestLoadZone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Central Standard Time": "America/Chicago", "central standard time": "America/Chicago", "GMT Standard Time": "Europe/London",
		"US Mountain Standard Time": "America/Phoenix", "W. Europe Standard Time": "Europe/Berlin", "UTC": "UTC",
		"Line Islands Standard Time": "Pacific/Kiritimati", "Dateline Standard Time": "Etc/GMT+12",
		"America/New_York": "America/New_York", "Europe/Kyiv": "Europe/Kyiv",
	} {
		zone, err := microsoft.LoadZone(name)
		require.NoError(t, err, name)
		require.Equal(t, want, zone.String(), name)
	}
	for _, name := range []string{"", "Local", "local", "tzone://Microsoft/Custom", "Customized Time Zone", "../etc/passwd", "\n", "\t"} {
		_, err := microsoft.LoadZone(name)
		require.Error(t, err, "%q", name)
	}
}

// Offsets of the winter and the summer of 2026 as Windows itself writes them in its names of the zones.
func TestTheTableAgreesWithWindowsOffsets(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]float64{
		"Hawaiian Standard Time": {-10, -10}, "Alaskan Standard Time": {-9, -8}, "Pacific Standard Time": {-8, -7},
		"US Mountain Standard Time": {-7, -7}, "Mountain Standard Time": {-7, -6}, "Central Standard Time": {-6, -5},
		"Canada Central Standard Time": {-6, -6}, "Eastern Standard Time": {-5, -4}, "Atlantic Standard Time": {-4, -3},
		"Newfoundland Standard Time": {-3.5, -2.5}, "E. South America Standard Time": {-3, -3}, "GMT Standard Time": {0, 1},
		"Greenwich Standard Time": {0, 0}, "Romance Standard Time": {1, 2}, "South Africa Standard Time": {2, 2},
		"FLE Standard Time": {2, 3}, "Israel Standard Time": {2, 3}, "Arab Standard Time": {3, 3}, "Iran Standard Time": {3.5, 3.5},
		"Arabian Standard Time": {4, 4}, "India Standard Time": {5.5, 5.5}, "Nepal Standard Time": {5.75, 5.75},
		"China Standard Time": {8, 8}, "Tokyo Standard Time": {9, 9}, "AUS Central Standard Time": {9.5, 9.5},
		"Cen. Australia Standard Time": {10.5, 9.5}, "AUS Eastern Standard Time": {11, 10}, "E. Australia Standard Time": {10, 10},
		"New Zealand Standard Time": {13, 12}, "UTC-08": {-8, -8}, "UTC+13": {13, 13},
	} {
		zone, err := microsoft.LoadZone(name)
		require.NoError(t, err, name)
		for i, at := range []time.Time{on(2026, 1, 15, 0, 0), on(2026, 7, 15, 0, 0)} {
			_, seconds := at.In(zone).Zone()
			require.InDelta(t, want[i], float64(seconds)/3600, 0, name)
		}
	}
}
