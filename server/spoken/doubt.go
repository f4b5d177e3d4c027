package spoken

import (
	"fmt"
	"strings"
)

// Code says what kind of doubt a reading left. The constants below are all of them.
type Code string

// The closed list of codes.
const (
	// DateMissing: no day was said.
	DateMissing Code = "date_missing"
	// DateUnclear: the words for the day were not understood.
	DateUnclear Code = "date_unclear"
	// DateVague: a week or a month was said, not a day.
	DateVague Code = "date_vague"
	// DateAmbiguous: the words fit more than one day ("03/04", "next Tuesday").
	DateAmbiguous Code = "date_ambiguous"
	// DateImpossible: the calendar has no such day.
	DateImpossible Code = "date_impossible"
	// DatePast: the day is over.
	DatePast Code = "date_past"
	// DateFuture: a date of birth that has not come yet.
	DateFuture Code = "date_future"
	// DateTooFar: the day is further away than the clinic books, or a birth further back than a life.
	DateTooFar Code = "date_too_far"
	// DateConflict: two different days were said.
	DateConflict Code = "date_conflict"
	// WeekdayMismatch: the weekday is not the weekday of the date.
	WeekdayMismatch Code = "weekday_mismatch"
	// TimeUnclear: the words for the time were not understood.
	TimeUnclear Code = "time_unclear"
	// TimeAmbiguous: morning or afternoon is not clear.
	TimeAmbiguous Code = "time_ambiguous"
	// TimeImpossible: no clock shows this time.
	TimeImpossible Code = "time_impossible"
	// TimePast: the day is today and the time is over.
	TimePast Code = "time_past"
	// TimeConflict: two different times were said, or a time outside the part of day that was said.
	TimeConflict Code = "time_conflict"
	// TimeSkipped: the clocks go forward over this time.
	TimeSkipped Code = "time_skipped"
	// TimeTwice: the clocks go back and this time comes twice.
	TimeTwice Code = "time_twice"
)

// The fields a Doubt can be about, named like the arguments of the tools.
const (
	FieldDate      = "date"
	FieldTime      = "time"
	FieldWeekday   = "weekday"
	FieldPartOfDay = "partOfDay"
	FieldBirth     = "dateOfBirth"
)

// Doubt is the question to put to the caller where the words are not clear. It never repeats unknown words of the caller.
type Doubt struct {
	// Code is for programs.
	Code Code
	// Say is one line of spoken English with at most three options.
	Say string
	// Field is the argument in doubt, one of the Field constants.
	Field string
}

func doubtf(code Code, field, format string, args ...any) *Doubt {
	return &Doubt{Code: code, Say: OneLine(fmt.Sprintf(format, args...)), Field: field}
}

// askWhichDay offers the first three days.
func askWhichDay(code Code, field string, days []Date, today Date) *Doubt {
	var options []string
	for _, day := range days[:min(len(days), maxOptions)] {
		options = append(options, sayDay(day, today))
	}
	return doubtf(code, field, "Do you mean %s?", joinOr(options))
}

// sayDay names the year only where it is not this one.
func sayDay(d, today Date) string {
	if d.Year == today.Year {
		return SayDate(d)
	}
	return fmt.Sprintf("%s, %d", SayDate(d), d.Year)
}

// joinOr lists options the way they are spoken: "a", "a or b", "a, b, or c".
func joinOr(options []string) string {
	if len(options) <= 2 {
		return strings.Join(options, " or ")
	}
	last := len(options) - 1
	return strings.Join(options[:last], ", ") + ", or " + options[last]
}
