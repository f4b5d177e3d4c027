package spoken

import (
	"strings"
	"time"
)

// fixedTime reads noon and midnight.
func (s *scan) fixedTime() bool {
	if s.at(0).kind != kindFixed {
		return false
	}
	s.found.times = append(s.found.times, timeReading{minutes: s.at(0).value, fixed: true})
	s.i++
	return true
}

// clockRun reads 14:00, 2:30, 14:00:00, and 2.30 where a time is asked for.
func (s *scan) clockRun() bool {
	text := s.at(0).text
	if s.at(0).kind != kindRun || strings.ContainsAny(text, "/-") || !strings.Contains(text, ":") && !looksLikeClock(text) {
		return false
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == '.' })
	if len(parts) < 2 || len(parts[0]) > 2 || len(parts[1]) != 2 {
		return false
	}
	s.i++
	s.addTime(number(parts[0]), number(parts[1]), len(parts[0]) == 2)
	s.skipKind(kindOclock)
	return true
}

// fraction reads "half past three", "quarter to five", and "half three" where that is said.
func (s *scan) fraction() bool {
	minutes, k := 0, 1
	switch s.at(0).kind {
	case kindHalfPast:
		minutes = 30
	case kindHalf:
		if !s.reader.lang.halfHour {
			return false
		}
		minutes = 30
	case kindQuarter:
		switch {
		case s.at(1).kind == kindPast:
			minutes = 15
		case s.at(1).kind == kindTo, s.at(1).kind == kindFiller: // "quarter of five"
			minutes = -15
		default:
			return false
		}
		k = 2
	default:
		return false
	}
	return s.minutesAround(k, minutes)
}

// minutesBeside reads "twenty past four" and "ten minutes to five". "10 to 5" in digits may be a range and is not read.
func (s *scan) minutesBeside() bool {
	minutes, used := s.cardinal(0)
	k, sure := used, minutes > 12 || s.at(0).kind != kindDigits
	if s.at(k).kind == kindMinutes {
		k, sure = k+1, true
	}
	if used == 0 || minutes < 1 || minutes > 59 {
		return false
	}
	switch s.at(k).kind {
	case kindPast:
		return s.minutesAround(k+1, minutes)
	case kindTo:
		return sure && (minutes%5 == 0 || k > used) && s.minutesAround(k+1, -minutes)
	}
	return false
}

// minutesAround reads the hour at place k and moves it by some minutes.
func (s *scan) minutesAround(k, minutes int) bool {
	if fixed := s.at(k); fixed.kind == kindFixed {
		s.i += k + 1
		moved := (fixed.value + minutes + minutesOfDay) % minutesOfDay
		s.found.times = append(s.found.times, timeReading{minutes: moved, fixed: true})
		return true
	}
	hour, used := s.cardinal(k)
	if used == 0 || hour < 1 || hour > 23 {
		return false
	}
	s.i += k + used
	s.skipKind(kindOclock)
	s.addMoved(hour, minutes)
	return true
}

// hour reads "2", "two thirty", "9 o'clock", "14h30", "las tres y media", "1430". Outside the time field it must be
// marked as a time, by "at" before it or by am, pm or o'clock behind it.
func (s *scan) hour() bool {
	hour, used := s.cardinal(0)
	if used == 0 || s.at(0).kind == kindTens && hour > 24 {
		return false
	}
	if s.field != FieldTime && !s.afterAt() && !s.isHourAt(s.minuteEnd(used)) {
		return false
	}
	if text := s.at(0).text; len(text) == 4 {
		s.i++
		s.skipKind(kindOclock)
		s.addTime(hour/100, hour%100, true)
		return true
	}
	s.i += used
	if s.at(0).kind == kindAfterHour {
		s.i++
		s.addMoved(hour, s.items[s.i-1].value)
		return true
	}
	if s.minutesBehind(hour) {
		return true
	}
	s.addTime(hour, 0, false)
	return true
}

// minutesBehind reads what follows an hour: o'clock, "thirty", "oh five", "y diez", "menos diez".
func (s *scan) minutesBehind(hour int) bool {
	sign, k := 1, 0
	marked := s.at(0).kind == kindOclock
	if marked {
		k = 1
	}
	if s.at(0).meaning == (meaning{kindHundred, 100}) { // fourteen hundred
		s.i++
		s.addTime(hour, 0, true)
		return true
	}
	switch s.at(k).kind {
	case kindAnd, kindOh:
		k++
	case kindMinus:
		sign, k = -1, k+1
	}
	minute, used := s.cardinal(k)
	if wide := minute >= 10 || k > 0 && !marked || k > 1; used == 0 || !wide || minute > 59 {
		s.skipKind(kindOclock)
		return false
	}
	s.i += k + used
	s.skipKind(kindMinutes)
	if sign < 0 {
		s.addMoved(hour, -minute)
	} else {
		s.addTime(hour, minute, false)
	}
	return true
}

// minuteEnd is where the words after an hour and its minutes begin.
func (s *scan) minuteEnd(k int) int {
	if s.at(k).kind == kindAfterHour {
		return k + 1
	}
	if s.at(k).kind == kindOh {
		k++
	}
	_, used := s.cardinal(k)
	return k + used
}

// isHourAt reports whether the words at place k make the number before them an hour.
func (s *scan) isHourAt(k int) bool {
	switch it := s.at(k); it.kind {
	case kindPart, kindOclock:
		return true
	}
	return false
}

// afterAt reports whether "at" stands just before, maybe with a filler between.
func (s *scan) afterAt() bool {
	k := -1
	for s.i+k >= 0 && s.items[s.i+k].kind == kindFiller {
		k--
	}
	return s.i+k >= 0 && s.items[s.i+k].kind == kindAt
}

// partOfDay reads morning, pm, and tonight, which is also a day.
func (s *scan) partOfDay() bool {
	switch s.at(0).kind {
	case kindTodayPart:
		s.addDay(s.reader.today)
	case kindPart:
	default:
		return false
	}
	s.found.parts = append(s.found.parts, part(s.at(0).value))
	s.i++
	return true
}

func (s *scan) skipKind(k kind) {
	if s.at(0).kind == k {
		s.i++
	}
}

// addMoved records an hour moved by minutes: "quarter to one" is 12:45, in whichever half of the day.
func (s *scan) addMoved(hour, minutes int) {
	if hour > 23 || hour < 1 {
		s.doubt = impossibleTime()
		return
	}
	total := hour*60 + minutes
	if hour == 1 && minutes < 0 {
		total += minutesOfHalfDay
	}
	s.addTime(total/60, total%60, false)
}

// addTime records a time of day, or asks when no clock shows it.
func (s *scan) addTime(hour, minute int, written bool) {
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		s.doubt = impossibleTime()
		return
	}
	s.found.times = append(s.found.times, timeReading{
		minutes: hour*60 + minute,
		fixed:   hour >= 13,
		written: written || hour == 0,
	})
}

func impossibleTime() *Doubt {
	return doubtf(TimeImpossible, FieldTime, "There is no such time on the clock. What time would you like?")
}

// scanISO reads a field that is one ISO 8601 date or date-time as a whole. A date-time at midnight, with or without
// offset, is how models write a date: its time is not meant.
func (r *reader) scanISO(found *findings, field, text string) bool {
	if d, err := time.Parse(time.DateOnly, text); err == nil {
		found.days = append(found.days, dayReading{dates: []Date{DateOf(d)}})
		return true
	}
	t, hasOffset, ok := parseISO(text)
	if !ok {
		return false
	}
	minutes := t.Hour()*60 + t.Minute()
	switch {
	case minutes == 0 && t.Second() == 0 && field != FieldTime:
		found.days = append(found.days, dayReading{dates: []Date{DateOf(t)}})
	case hasOffset:
		stamp := t.In(r.zone)
		found.stamps = append(found.stamps, stampReading{written: t, local: stamp})
		found.days = append(found.days, dayReading{dates: []Date{DateOf(stamp)}})
		found.times = append(found.times, timeReading{minutes: stamp.Hour()*60 + stamp.Minute(), fixed: true})
	default:
		found.days = append(found.days, dayReading{dates: []Date{DateOf(t)}})
		found.times = append(found.times, timeReading{minutes: minutes, fixed: minutes >= 13*60, written: true})
	}
	return true
}

// parseISO accepts date-times with and without seconds and offset.
func parseISO(text string) (t time.Time, hasOffset, ok bool) {
	text = strings.ToUpper(text)
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true, true
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, false, true
		}
	}
	return time.Time{}, false, false
}
