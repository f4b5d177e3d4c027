package spoken

import (
	"fmt"
	"time"
)

// Date is a day of the calendar, without a time and without a zone. The zero Date is no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the calendar day of t in t's own location.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// String returns the ISO form, as in 2027-03-04.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Valid reports whether the calendar has this day: there is no 31 April, and 29 February only in leap years.
func (d Date) Valid() bool {
	return d.Year > 0 && d.Month >= time.January && d.Month <= time.December && d == DateOf(d.utc())
}

// Weekday returns the day of the week of a valid date.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// AddDays returns the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return DateOf(d.utc().AddDate(0, 0, n)) }

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.utc().Before(other.utc()) }

// utc is midnight of the day in UTC: a calendar sum there never meets a clock change.
func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
