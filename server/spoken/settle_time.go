package spoken

import (
	"slices"
	"time"
)

// settlePart answers a day without a time. Parts of today that are over do not count.
func (r *reader) settlePart(found *findings, days []Date) (When, *Doubt) {
	from, to, ok := commonWindow(found.parts)
	if !ok {
		return When{}, doubtf(TimeConflict, FieldPartOfDay, "I heard two different times of day. What time would you like?")
	}
	if len(found.parts) > 0 {
		left := keep(days, func(d Date) bool { return d != r.today || to > r.minuteNow() })
		if len(left) == 0 {
			return When{}, r.timeOver()
		}
		days = left
	}
	if len(days) > 1 {
		return When{}, askWhichDay(DateAmbiguous, FieldDate, days, r.today)
	}
	return When{Day: days[0], From: from, To: to}, nil
}

// commonWindow intersects the windows of several parts.
func commonWindow(parts []part) (from, to int, ok bool) {
	if len(parts) == 0 {
		return 0, 0, true
	}
	from, to = 0, minutesOfDay
	for _, p := range parts {
		f, t := p.window()
		from, to = max(from, f), min(to, t)
	}
	return from, to, from < to
}

// settleTime answers a day with a time.
func (r *reader) settleTime(found *findings, days []Date) (When, *Doubt) {
	options, doubt := clockOptions(found.times, found.parts)
	if doubt != nil {
		return When{}, doubt
	}
	days = keep(days, func(d Date) bool { return !r.over(d, options) })
	if len(days) == 0 {
		return When{}, r.timeOver()
	}
	if len(days) > 1 {
		return When{}, askWhichDay(DateAmbiguous, FieldDate, days, r.today)
	}
	if len(found.stamps) > 0 {
		return r.settleStamp(found.stamps, days[0])
	}
	written := slices.ContainsFunc(found.times, func(t timeReading) bool { return t.written })
	minutes, doubt := r.settleHour(days[0], options, written)
	if doubt != nil {
		return When{}, doubt
	}
	return r.start(days[0], minutes)
}

// clockOptions returns the minutes of the day that fit everything said about the time: one, or one in each half of the
// day, the one as said first.
func clockOptions(times []timeReading, parts []part) ([]int, *Doubt) {
	var options []int
	for i, t := range times {
		if i == 0 {
			options = t.options()
			continue
		}
		options = slices.DeleteFunc(options, func(m int) bool { return !slices.Contains(t.options(), m) })
	}
	if len(options) == 0 {
		return nil, doubtf(TimeConflict, FieldTime, "I heard two different times. What time would you like?")
	}
	said := SayClock(options[0])
	for _, p := range parts {
		options = slices.DeleteFunc(options, func(m int) bool { return !p.holds(m) })
	}
	if len(options) == 0 {
		return nil, doubtf(TimeConflict, FieldTime, "%s does not fit the part of the day that I heard. What time would you like?", said)
	}
	return options, nil
}

// options are the minutes of the day that one reading can mean.
func (t timeReading) options() []int {
	if t.fixed {
		return []int{t.minutes}
	}
	return []int{t.minutes, twin(t.minutes)}
}

// twin is the same clock face twelve hours away.
func twin(minutes int) int { return (minutes + minutesOfHalfDay) % minutesOfDay }

// settleHour decides between the halves of the day. As said is clear only if it lies inside opening hours and its twin
// does not; HH:MM, which the tools ask for, is clear inside opening hours, and where both lie outside them.
func (r *reader) settleHour(day Date, options []int, written bool) (int, *Doubt) {
	if len(options) == 1 {
		return options[0], nil
	}
	said, other := options[0], options[1]
	saidOpen, otherOpen := r.isOpen(day, said), r.isOpen(day, other)
	switch {
	case saidOpen && (written || !otherOpen), written && !otherOpen:
		return said, nil
	case otherOpen && !saidOpen:
		return 0, doubtf(TimeAmbiguous, FieldTime, "Do you mean %s at %s? We are not open at %s.", sayDay(day, r.today), SayClock(other), SayClock(said))
	case saidOpen && day == r.today && max(said, other) > r.minuteNow() && min(said, other) < r.minuteNow():
		return max(said, other), nil
	}
	return 0, doubtf(TimeAmbiguous, FieldTime, "On %s, do you mean %s or %s?", sayDay(day, r.today), SayClock(min(said, other)), SayClock(max(said, other)))
}

// isOpen reports whether the location is open at that minute. On a weekday without hours the rest of the week tells what
// hours the clinic keeps; that it is closed then is for the booking to say.
func (r *reader) isOpen(day Date, minutes int) bool {
	closedAllDay := !slices.ContainsFunc(r.open, func(s Span) bool { return s.Weekday == day.Weekday() })
	return slices.ContainsFunc(r.open, func(s Span) bool {
		return (closedAllDay || s.Weekday == day.Weekday()) && minutes >= s.Opens && minutes < s.Closes
	})
}

// settleStamp takes an instant with an offset. Models put a Z or another zone's offset behind local times, so an instant
// that falls outside opening hours, while the digits as written would fall inside, is asked about.
func (r *reader) settleStamp(stamps []stampReading, day Date) (When, *Doubt) {
	first := stamps[0]
	for _, s := range stamps[1:] {
		if !s.local.Equal(first.local) {
			return When{}, doubtf(TimeConflict, FieldTime, "I heard two different times. What time would you like?")
		}
	}
	if doubt := r.doubtStamp(first); doubt != nil {
		return When{}, doubt
	}
	return r.notOver(day, first.local.Truncate(time.Minute))
}

// doubtStamp compares an instant with the digits it was written with and with its twin in the afternoon.
func (r *reader) doubtStamp(s stampReading) *Doubt {
	day, minutes := DateOf(s.local), s.local.Hour()*60+s.local.Minute()
	if r.isOpen(day, minutes) {
		return nil
	}
	otherDay, other := DateOf(s.written), s.written.Hour()*60+s.written.Minute()
	if !r.isOpen(otherDay, other) {
		otherDay, other = day, twin(minutes)
	}
	if !r.isOpen(otherDay, other) || minutes >= 13*60 && other == twin(minutes) {
		return nil
	}
	return doubtf(TimeAmbiguous, FieldTime, "Do you mean %s at %s? We are not open at %s.", sayDay(otherDay, r.today), SayClock(other), SayClock(minutes))
}

// start turns a local time into an instant, and asks on the days the clocks change.
func (r *reader) start(day Date, minutes int) (When, *Doubt) {
	moments := instants(day, minutes, r.zone)
	if len(moments) == 0 {
		next := afterGap(day, minutes, r.zone)
		return When{}, doubtf(TimeSkipped, FieldTime, "The clocks go forward on %s and %s does not exist that day. Would %s suit you?",
			sayDay(day, r.today), SayClock(minutes), SayTime(next, r.zone))
	}
	if len(moments) > 1 && r.isOpen(day, minutes) && !moments[0].Before(r.now) {
		return When{}, doubtf(TimeTwice, FieldTime, "The clocks go back on %s and %s comes twice. Do you mean the first or the second, or would another time suit you?",
			sayDay(day, r.today), SayClock(minutes))
	}
	start := moments[0]
	if start.Before(r.now) {
		start = moments[len(moments)-1]
	}
	return r.notOver(day, start)
}

// notOver is the last check: a start is never in the past.
func (r *reader) notOver(day Date, start time.Time) (When, *Doubt) {
	if start.Before(r.now) {
		return When{}, r.timeOver()
	}
	return When{Day: day, HasTime: true, Start: start}, nil
}

// over reports whether every one of the times is over on that day.
func (r *reader) over(day Date, options []int) bool {
	for _, minutes := range options {
		moments := instants(day, minutes, r.zone)
		if len(moments) == 0 || !moments[len(moments)-1].Before(r.now) {
			return false
		}
	}
	return true
}

func (r *reader) minuteNow() int { return r.now.Hour()*60 + r.now.Minute() }

func (r *reader) timeOver() *Doubt {
	return doubtf(TimePast, FieldTime, "That time is already over. It is %s now. Which day and time would you like?", SayTime(r.now, r.zone))
}
