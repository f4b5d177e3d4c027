package spoken

import (
	"slices"
	"strconv"
	"time"
)

// settleDay compares all that was said about the day. It returns every day that still fits, at least one; a time of day
// may rule out some of them.
func (r *reader) settleDay(found *findings) ([]Date, *Doubt) {
	days, doubt := r.candidates(found)
	if doubt != nil {
		return nil, doubt
	}
	if days, doubt = r.bookable(days); doubt != nil {
		return nil, doubt
	}
	return r.checkWeekday(found, days)
}

// candidates intersects the readings of the day.
func (r *reader) candidates(found *findings) ([]Date, *Doubt) {
	if found.vague { // "the 15th, in April" must not become the 15th of this month
		return nil, r.vague()
	}
	if len(found.days) == 0 {
		return r.withoutDate(found)
	}
	days := found.days[0].dates
	for _, reading := range found.days[1:] {
		common := keep(days, func(d Date) bool { return slices.Contains(reading.dates, d) })
		if len(common) > 0 {
			days = common
			continue
		}
		if reading.weekday || found.days[0].weekday {
			return nil, askWhichDay(WeekdayMismatch, FieldDate, append(slices.Clone(days), reading.dates...), r.today)
		}
		return nil, askWhichDay(DateConflict, FieldDate, []Date{days[0], reading.dates[0]}, r.today)
	}
	return days, nil
}

// withoutDate reads a weekday that stands for a date, and asks where there is no day at all.
func (r *reader) withoutDate(found *findings) ([]Date, *Doubt) {
	if len(found.named) > 0 {
		day := found.named[0]
		for _, week := range found.weeks {
			return week.days(day), nil
		}
		return r.bareWeekday(day), nil
	}
	if len(found.weeks) > 0 {
		return nil, r.vague()
	}
	return nil, doubtf(DateMissing, FieldDate, "Which day would you like? Today is %s.", r.sayToday())
}

func (r *reader) vague() *Doubt {
	return doubtf(DateVague, FieldDate, "Which day and date would that be? Today is %s.", r.sayToday())
}

// bookable drops days that are over or too far away, and refuses when none is left.
func (r *reader) bookable(days []Date) ([]Date, *Doubt) {
	first := days[0]
	days = keep(days, func(d Date) bool { return !d.Before(r.today) })
	if len(days) == 0 {
		return nil, doubtf(DatePast, FieldDate, "%s, %d is in the past. Today is %s. Which day would you like?", SayDate(first), first.Year, r.sayToday())
	}
	first = days[0]
	last := r.today.AddDays(r.horizon)
	days = keep(days, func(d Date) bool { return !last.Before(d) })
	if len(days) == 0 {
		return nil, doubtf(DateTooFar, FieldDate, "%s, %d is too far ahead. Today is %s. Which day would you like?", SayDate(first), first.Year, r.sayToday())
	}
	return days, nil
}

// checkWeekday keeps the days that have every weekday that was named and lie in every week that was named.
func (r *reader) checkWeekday(found *findings, days []Date) ([]Date, *Doubt) {
	for _, named := range found.named {
		fitting := keep(days, func(d Date) bool { return d.Weekday() == named })
		if len(fitting) == 0 {
			return nil, r.wrongWeekday(days, named)
		}
		days = fitting
	}
	for _, week := range found.weeks {
		fitting := keep(days, week.holds)
		if len(fitting) == 0 {
			return nil, askWhichDay(DateConflict, FieldDate, days, r.today)
		}
		days = fitting
	}
	return days, nil
}

// wrongWeekday offers the date as said and the nearest days with the weekday as said.
func (r *reader) wrongWeekday(days []Date, named time.Weekday) *Doubt {
	d := days[0]
	if len(days) > 1 {
		return askWhichDay(WeekdayMismatch, FieldWeekday, days, r.today)
	}
	later := coming(d, named)
	options := []Date{d}
	if earlier := later.AddDays(-7); !earlier.Before(r.today) {
		options = append(options, earlier)
	}
	options = append(options, later)
	doubt := askWhichDay(WeekdayMismatch, FieldWeekday, options, r.today)
	doubt.Say = OneLine(d.Month.String() + " " + ordinalDigits(d.Day) + " is a " + d.Weekday().String() + ", not a " + named.String() + ". " + doubt.Say)
	return doubt
}

// ordinalDigits writes 1st, 2nd, 3rd, 4th.
func ordinalDigits(n int) string {
	suffix := "th"
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		suffix = "st"
	case n%10 == 2:
		suffix = "nd"
	case n%10 == 3:
		suffix = "rd"
	}
	return strconv.Itoa(n) + suffix
}

func keep(days []Date, fits func(Date) bool) []Date {
	var kept []Date
	for _, d := range days {
		if fits(d) {
			kept = append(kept, d)
		}
	}
	return kept
}
