package spoken

import (
	"slices"
	"strings"
	"time"
)

// dateRun reads 2027-03-04, 03/04, 3.4.2027.
func (s *scan) dateRun() bool {
	it := s.at(0)
	if it.kind != kindRun || strings.Contains(it.text, ":") {
		return false
	}
	if s.field == FieldTime && looksLikeClock(it.text) {
		return false
	}
	numbers, ok := splitRun(it.text)
	if !ok {
		return false
	}
	s.i++
	if len(numbers) == 3 && len(it.text) >= 8 && numbers[0] >= 1000 {
		s.addDay(Date{numbers[0], time.Month(numbers[1]), numbers[2]})
		return true
	}
	s.addDays(s.reader.numericDates(numbers), false)
	return true
}

// looksLikeClock reports 2.30, which is a time where a time is asked for.
func looksLikeClock(run string) bool {
	hour, minute, ok := strings.Cut(run, ".")
	return ok && len(minute) == 2 && len(hour) <= 2 && number(minute) >= 0
}

// splitRun returns the two or three numbers of a date written with one kind of separator.
func splitRun(run string) ([]int, bool) {
	i := strings.IndexAny(run, "/.-")
	parts := strings.Split(run, run[i:i+1])
	if len(parts) < 2 || len(parts) > 3 {
		return nil, false
	}
	var numbers []int
	for _, part := range parts {
		n := number(part)
		if n < 0 {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	return numbers, true
}

// numericDates returns the dates that day and month in either order can mean, the locale's order first.
func (r *reader) numericDates(n []int) []Date {
	pairs := [][2]int{{n[0], n[1]}, {n[1], n[0]}} // month, day
	if r.lang.dayFirst {
		pairs[0], pairs[1] = pairs[1], pairs[0]
	}
	var dates []Date
	for _, pair := range pairs {
		d := r.nextSuch(time.Month(pair[0]), pair[1])
		if len(n) == 3 {
			d = Date{fullYear(n[2]), time.Month(pair[0]), pair[1]}
		}
		if d.Valid() && !slices.Contains(dates, d) {
			dates = append(dates, d)
		}
	}
	return dates
}

// fullYear reads a year of two digits as this century: appointments are never in the last one.
func fullYear(year int) int {
	if year < 100 {
		return 2000 + year
	}
	return year
}

// nextSuch is the next day, today included, with this month and day. It may be no valid date.
func (r *reader) nextSuch(month time.Month, day int) Date {
	year := r.today.Year
	if month < r.today.Month || month == r.today.Month && day < r.today.Day {
		year++
	}
	return Date{year, month, day}
}

// monthDay reads "March 4th", "the 4th of March 2027", "4 de marzo", and a month alone, which is no day.
func (s *scan) monthDay() bool {
	k := 0
	if s.at(0).kind == kindThe {
		k = 1
	}
	if day, used := s.anyNumber(k); used > 0 {
		m := s.skipFillers(k + used)
		if s.at(m).kind != kindMonth {
			return false
		}
		s.i += m
		month := time.Month(s.at(0).value)
		s.i++
		s.addMonthDay(month, day)
		return true
	}
	if s.at(0).kind != kindMonth {
		return false
	}
	month := time.Month(s.at(0).value)
	k = s.skipFillers(1)
	day, used := s.anyNumber(k)
	if _, isYear := s.year(k); used == 0 || isYear > 0 {
		s.found.vague = true
		s.i++
		_, n := s.year(0)
		s.i += n
		return true
	}
	s.i += k + used
	s.addMonthDay(month, day)
	return true
}

// addMonthDay takes the year that follows, if one does.
func (s *scan) addMonthDay(month time.Month, day int) {
	k := s.skipFillers(0)
	if year, used := s.year(k); used > 0 {
		s.i += k + used
		s.addDay(Date{year, month, day})
		return
	}
	s.addDay(s.reader.nextSuch(month, day))
}

// relative reads "in two weeks", "three days from now", "a week from Tuesday". "In a month" is no day.
func (s *scan) relative() bool {
	k := 0
	if s.at(0).kind == kindIn {
		k = 1
	}
	count, used := s.cardinal(k)
	unit := s.at(k + used)
	if used == 0 || count < 1 || count > 999 || (unit.kind != kindUnit && unit.kind != kindMonths) {
		return false
	}
	after := k + used + 1
	start, end, ok := s.relativeStart(after, k == 1)
	if !ok {
		return false
	}
	s.i += end
	if unit.kind == kindMonths {
		s.found.vague = true
		return true
	}
	s.addDay(start.AddDays(count * unit.value))
	return true
}

// relativeStart finds what a number of days is counted from: now, today, tomorrow, or a coming weekday.
func (s *scan) relativeStart(k int, afterIn bool) (start Date, end int, ok bool) {
	today := s.reader.today
	if s.at(k).kind == kindFromNow {
		return today, k + 1, true
	}
	next := s.skipFillers(k)
	if s.at(k).kind == kindFrom {
		next = s.skipFillers(k + 1)
	}
	if next > k {
		switch it := s.at(next); it.kind {
		case kindDayWord:
			return today.AddDays(it.value), next + 1, true
		case kindWeekday:
			return coming(today, time.Weekday(it.value)), next + 1, true
		}
	}
	return today, k, afterIn
}

func (s *scan) dayWord() bool {
	if s.at(0).kind != kindDayWord {
		return false
	}
	s.addDay(s.reader.today.AddDays(s.at(0).value))
	s.i++
	return true
}

// dayOfMonth reads "the 3rd", and a bare number where only a day can be meant.
func (s *scan) dayOfMonth() bool {
	k := 0
	if s.at(0).kind == kindThe {
		k = 1
	}
	day, used := s.ordinal(k)
	if used > 0 && s.at(k+used).kind == kindWeekday { // "the first Thursday" is no 1st
		return false
	}
	if used == 0 && s.field == FieldDate && !s.afterAt() && (k == 1 || s.hasTime || len(s.found.named) > 0) {
		day, used = s.cardinal(k)
		if s.isHourAt(k + used) {
			return false
		}
	}
	if used == 0 {
		return false
	}
	s.i += k + used
	if !s.ofMonth(day) {
		s.addDays(s.reader.daysOfMonth(day), false)
	}
	return true
}

// ofMonth reads what can follow the number of a day: "of next month", "del mes que viene", "of this month".
func (s *scan) ofMonth(day int) bool {
	k := s.skipFillers(0)
	first, second := s.at(k).kind, s.at(k+1).kind
	next := first == kindNext && second == kindMonths || first == kindMonths && second == kindNext
	if !next && !(first == kindThis && second == kindMonths) {
		return false
	}
	s.i += k + 2
	month := Date{s.reader.today.Year, s.reader.today.Month, 1}
	if next {
		month = DateOf(month.utc().AddDate(0, 1, 0))
	}
	s.addDay(Date{month.Year, month.Month, day})
	return true
}

// daysOfMonth is the next day with this number. Said on that very day it may also mean the next month's, and in a month
// that is too short it may mean this month's last day or the next month: both are asked about.
func (r *reader) daysOfMonth(day int) []Date {
	if day < 1 || day > 31 {
		return nil
	}
	this := Date{r.today.Year, r.today.Month, day}
	first := Date{r.today.Year, r.today.Month, 1}.utc().AddDate(0, 1, 0)
	next := Date{first.Year(), first.Month(), day}
	var dates []Date
	if this.Valid() && !this.Before(r.today) {
		dates = append(dates, this)
	}
	if next.Valid() && (len(dates) == 0 || this == r.today) {
		dates = append(dates, next)
	}
	if !this.Valid() && next.Valid() {
		dates = []Date{DateOf(first).AddDays(-1), next}
	}
	return dates
}

// addDay records a day that can be only this one, or asks when the calendar lacks it.
func (s *scan) addDay(d Date) {
	if !d.Valid() {
		s.doubt = s.reader.impossible(d)
		return
	}
	s.addDays([]Date{d}, false)
}

// addDays records a day that can be any of these.
func (s *scan) addDays(dates []Date, weekday bool) {
	if len(dates) == 0 {
		s.doubt = s.reader.impossible(Date{})
		return
	}
	s.found.days = append(s.found.days, dayReading{dates, weekday})
}

func (r *reader) impossible(d Date) *Doubt {
	if d.Month < time.January || d.Month > time.December || d.Day < 1 || d.Day > 31 {
		return doubtf(DateImpossible, FieldDate, "There is no such date. Today is %s. Which day and date would you like?", r.sayToday())
	}
	last := Date{d.Year, d.Month, 1}.utc().AddDate(0, 1, -1).Day()
	return doubtf(DateImpossible, FieldDate, "%s %d has only %d days. Today is %s. Which day and date would you like?", d.Month, d.Year, last, r.sayToday())
}
