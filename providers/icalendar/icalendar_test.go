package icalendar_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/icalendar"
)

func file(events ...icalendar.Event) []byte { return icalendar.Calendar{Events: events}.File() }

func event() icalendar.Event {
	start := time.Date(2026, 5, 4, 10, 0, 0, 0, time.FixedZone("CDT", -5*60*60))
	return icalendar.Event{UID: "019df000@clinic.example", Start: start, End: start.Add(30 * time.Minute), Summary: "Visit; Quill, Lilac & Co", Sequence: 2,
		Location: "1 Main St\nChicago", Organizer: `"Quill, Lilac" <visits@clinic.example>`}
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	want := strings.Join([]string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Voxanne//Appointments//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		"BEGIN:VEVENT", "UID:019df000@clinic.example", "DTSTAMP:20260504T150000Z", "DTSTART:20260504T150000Z", "DTEND:20260504T153000Z", "SEQUENCE:2",
		`SUMMARY:Visit\; Quill\, Lilac & Co`, `LOCATION:1 Main St\nChicago`, `ORGANIZER;CN="Quill, Lilac":mailto:visits@clinic.example`,
		"STATUS:CONFIRMED", "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR", "",
	}, "\r\n")
	require.Equal(t, want, string(file(event())))

	e := event()
	e.Organizer, e.Location, e.Stamp = "Lakeside \"Clinic\"", "", e.Start.Add(-time.Hour)
	got := string(file(e, event()))
	require.Contains(t, got, "\r\nORGANIZER;CN=\"Lakeside 'Clinic'\":invalid:nomail\r\n")
	require.Contains(t, got, "\r\nDTSTAMP:20260504T140000Z\r\n")
	require.Equal(t, 1, strings.Count(got, "LOCATION"))
	require.Equal(t, 2, strings.Count(got, "BEGIN:VEVENT"))
}

func FuzzCalendar(f *testing.F) {
	f.Add("Visit", "1 Main St", "Clinic <visits@clinic.example>", 1)
	f.Add(strings.Repeat("é😀", 60), "a\r\nEND:VCALENDAR\r\nBEGIN:VEVENT", "\"x\"\u2028", -1)
	f.Add("\\n;,\x00\xff", "", "", 0)
	f.Fuzz(func(t *testing.T, summary, location, organizer string, sequence int) {
		e := event()
		e.UID, e.Summary, e.Location, e.Organizer, e.Sequence = summary, summary, location, organizer, sequence
		written := file(e)
		require.Equal(t, written, file(e), "the same event is the same bytes")
		require.True(t, utf8.Valid(written))
		require.True(t, bytes.HasSuffix(written, []byte("END:VCALENDAR\r\n")))
		lines := strings.Split(strings.TrimSuffix(string(written), "\r\n"), "\r\n")
		for _, line := range lines {
			require.LessOrEqual(t, len(line), 75)
			require.NotContains(t, line, "\n")
			require.NotContains(t, line, "\r")
			require.True(t, utf8.ValidString(line), "never folded inside a character")
		}
		unfolded := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(written), "\r\n ", ""), "\r\n"), "\r\n")
		count := map[string]int{}
		for _, line := range unfolded {
			name, _, found := strings.Cut(line, ":")
			require.True(t, found, line)
			count[name]++
			if text, is := strings.CutPrefix(line, "SUMMARY:"); is {
				require.Equal(t, expected(summary), unescape(text))
			}
		}
		for name, times := range count {
			if name == "BEGIN" || name == "END" {
				require.Equal(t, 2, times, name)
			} else {
				require.Equal(t, 1, times, name)
			}
		}
	})
}

// expected is what a reader must get to see: line breaks as one kind, no other control characters.
func expected(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(s, ""))
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (r < ' ' || r >= 0x7f && r < 0xa0) {
			return -1
		}
		return r
	}, s)
}

// unescape reads a TEXT value.
func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n").Replace(s)
}
