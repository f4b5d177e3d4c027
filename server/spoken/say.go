package spoken

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// maxOptions is how many choices a caller can keep in mind.
const maxOptions = 3

// SayDate words a day without its year: "Tuesday, March 4".
func SayDate(d Date) string {
	return fmt.Sprintf("%s, %s %d", d.Weekday(), d.Month, d.Day)
}

// SayTime words an instant on the wall clock of zone: "Tuesday, March 4 at 2 PM".
func SayTime(t time.Time, zone *time.Location) string {
	local := t.In(zone)
	return SayDate(DateOf(local)) + " at " + SayClock(local.Hour()*60+local.Minute())
}

// SayClock words minutes after midnight: "2 PM", "2:30 PM". Twelve o'clock is "noon" or "midnight", because people
// disagree about what 12 PM is.
func SayClock(minutes int) string {
	switch minutes {
	case 0:
		return "midnight"
	case minutesOfHalfDay:
		return "noon"
	}
	hour, minute, suffix := minutes/60, minutes%60, "AM"
	if hour >= 12 {
		suffix = "PM"
	}
	if hour = hour % 12; hour == 0 {
		hour = 12
	}
	if minute == 0 {
		return fmt.Sprintf("%d %s", hour, suffix)
	}
	return fmt.Sprintf("%d:%02d %s", hour, minute, suffix)
}

// SayOptions words up to three instants, in the order given, and names a day only once in a row:
// "Tuesday, March 4 at 2 PM, 2:30 PM, or Wednesday, March 5 at 9 AM". It is empty for none.
func SayOptions(starts []time.Time, zone *time.Location) string {
	var options []string
	var day Date
	for _, start := range starts[:min(len(starts), maxOptions)] {
		local := start.In(zone)
		if DateOf(local) == day {
			options = append(options, SayClock(local.Hour()*60+local.Minute()))
			continue
		}
		day = DateOf(local)
		options = append(options, SayTime(start, zone))
	}
	return joinOr(options)
}

// OneLine makes text safe for a spoken result, which must be a single line (Vapi: tool-calls, results[].result): control
// and invisible format characters become blanks or vanish, runs of blanks become one.
func OneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}
