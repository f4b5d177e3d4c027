package spoken

import (
	"slices"
	"time"
)

// weekdayWords reads "Tuesday", "next Tuesday", "this Tuesday", "Tuesday next", "Tuesday week".
func (s *scan) weekdayWords() bool {
	k, modifier := 0, kindUnknown
	if s.at(0).kind == kindThe && isModifier(s.at(1).kind) {
		k = 1
	}
	if isModifier(s.at(k).kind) {
		modifier, k = s.at(k).kind, k+1
	}
	if s.at(k).kind != kindWeekday {
		return false
	}
	day := time.Weekday(s.at(k).value)
	s.i += k + 1
	if modifier == kindUnknown {
		modifier = s.modifierAfter()
	}
	r := s.reader
	switch modifier {
	case kindNext:
		s.addDays(r.nextWeekday(day), true)
	case kindComing:
		s.addDays([]Date{coming(r.today, day)}, true)
	case kindUnit:
		s.addDays([]Date{coming(r.today, day).AddDays(7)}, true)
	case kindThis:
		s.addDays(r.bareWeekday(day), true)
	default:
		s.found.named = append(s.found.named, day)
	}
	return true
}

func isModifier(k kind) bool { return k == kindNext || k == kindThis || k == kindComing }

// modifierAfter reads what stands behind a weekday: "el martes próximo", "Tuesday week". "Tuesday next week" is left to
// week.
func (s *scan) modifierAfter() kind {
	switch {
	case s.at(0).meaning == (meaning{kindUnit, 7}):
		s.i++
		return kindUnit
	case s.at(0).kind == kindNext && s.at(1).kind != kindUnit && s.at(1).kind != kindMonths:
		s.i++
		return kindNext
	}
	return kindUnknown
}

// week reads "next week", "this week", "la semana que viene", and what is vaguer than a week.
func (s *scan) week() bool {
	k, modifier := 0, s.at(0).kind
	if isModifier(modifier) {
		k = 1
	}
	unit := s.at(k)
	switch {
	case unit.kind == kindWeekend, unit.kind == kindMonths && isModifier(modifier):
		s.found.vague = true
	case unit.meaning != (meaning{kindUnit, 7}):
		return false
	case k == 0 && s.at(1).kind == kindNext:
		k, modifier = 1, kindNext
	case k == 0:
		return false
	}
	s.i += k + 1
	if unit.kind == kindUnit {
		s.found.weeks = append(s.found.weeks, s.reader.weeksFrom(modifier))
	}
	return true
}

// weeksFrom returns the first day of the week that is meant, counted from Sunday and from Monday.
func (r *reader) weeksFrom(modifier kind) weekReading {
	shift := 0
	if modifier == kindNext || modifier == kindComing {
		shift = 7
	}
	sinceSunday := int(r.today.Weekday())
	sinceMonday := (sinceSunday + 6) % 7
	return weekReading{r.today.AddDays(shift - sinceSunday), r.today.AddDays(shift - sinceMonday)}
}

// holds reports whether a day lies in the week, by either count.
func (w weekReading) holds(d Date) bool {
	for _, first := range w {
		if !d.Before(first) && d.Before(first.AddDays(7)) {
			return true
		}
	}
	return false
}

// days returns the weekday in the week, which can be two different days by the two counts.
func (w weekReading) days(day time.Weekday) []Date {
	var dates []Date
	for _, first := range w {
		d := first.AddDays((int(day) - int(first.Weekday()) + 7) % 7)
		if !slices.Contains(dates, d) {
			dates = append(dates, d)
		}
	}
	return dates
}

// coming is the first such weekday after today.
func coming(today Date, day time.Weekday) Date {
	ahead := (int(day)-int(today.Weekday())+6)%7 + 1
	return today.AddDays(ahead)
}

// bareWeekday is the coming one; said on that very weekday, today is as likely.
func (r *reader) bareWeekday(day time.Weekday) []Date {
	if r.today.Weekday() == day {
		return []Date{r.today, r.today.AddDays(7)}
	}
	return []Date{coming(r.today, day)}
}

// nextWeekday is two days where people disagree: while the coming one still lies in this week, "next" may mean it or the
// one after, and so it may when today is that weekday. A week may begin on Sunday or on Monday.
func (r *reader) nextWeekday(day time.Weekday) []Date {
	first := coming(r.today, day)
	if r.weeksFrom(kindThis).holds(first) || r.today.Weekday() == day {
		return []Date{first, first.AddDays(7)}
	}
	return []Date{first}
}
