package microsoft

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryWindowsZoneIsThere(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for line := range strings.Lines(windowsZones) {
		name, iana, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if name == "" {
			continue
		}
		require.False(t, seen[name], name)
		seen[name] = true
		zone, err := LoadZone(name)
		require.NoError(t, err, name)
		require.Equal(t, iana, zone.String())
	}
	require.Len(t, seen, 142)
}
