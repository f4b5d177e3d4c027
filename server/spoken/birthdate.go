package spoken

import (
	"slices"
	"strings"
	"time"
)

const maxAge = 130 // years

// BirthDate reads a date of birth, or returns the question to ask: for words that were not understood, a day and month
// that can be swapped, a missing year, a day that has not come yet, and more than 130 years.
func BirthDate(raw, locale string, today Date) (Date, *Doubt) {
	text := strings.TrimSpace(raw)
	if text == "" {
		return Date{}, doubtf(DateMissing, FieldBirth, "What is the date of birth?")
	}
	if d, ok := isoDay(text); ok {
		return checkBirth([]Date{d}, today)
	}
	if len(text) > maxSpoken {
		return Date{}, unclearBirth()
	}
	s := &scan{items: languageOf(locale).items(text), field: FieldBirth}
	dates, ok := s.birth(today)
	if !ok {
		return Date{}, unclearBirth()
	}
	return checkBirth(dates, today)
}

func unclearBirth() *Doubt {
	return doubtf(DateUnclear, FieldBirth, "I did not understand the date of birth. Please say the month, the day and the year.")
}

// isoDay reads an ISO date, and the day of an ISO date-time.
func isoDay(text string) (Date, bool) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return DateOf(t), true
	}
	t, _, ok := parseISO(text)
	return DateOf(t), ok
}

// checkBirth keeps the dates that a living person can be born on, and asks unless one is left.
func checkBirth(dates []Date, today Date) (Date, *Doubt) {
	valid := keep(dates, Date.Valid)
	if len(valid) == 0 {
		return Date{}, doubtf(DateImpossible, FieldBirth, "There is no such date. What is the date of birth?")
	}
	born := keep(valid, func(d Date) bool { return !today.Before(d) })
	if len(born) == 0 {
		return Date{}, doubtf(DateFuture, FieldBirth, "That date of birth is in the future. What is the date of birth?")
	}
	oldest := Date{today.Year - maxAge, today.Month, today.Day}
	alive := keep(born, func(d Date) bool { return !d.Before(oldest) })
	switch len(alive) {
	case 0:
		return Date{}, doubtf(DateTooFar, FieldBirth, "That is more than %d years ago. What is the date of birth?", maxAge)
	case 1:
		return alive[0], nil
	}
	var options []string
	for _, d := range alive[:min(len(alive), maxOptions)] {
		options = append(options, d.utc().Format("January 2, 2006"))
	}
	return Date{}, doubtf(DateAmbiguous, FieldBirth, "Is the date of birth %s?", joinOr(options))
}

// birth reads a date with its year, and nothing else.
func (s *scan) birth(today Date) ([]Date, bool) {
	s.i += s.skipFillers(0)
	if s.at(0).kind == kindWeekday {
		s.i += s.skipFillers(1)
	}
	dates, ok := s.birthNumeric(today)
	if !ok {
		dates, ok = s.birthWords(today)
	}
	return dates, ok && s.at(s.skipFillers(0)).kind == kindEnd
}

// birthNumeric reads 03/04/1985, 1985/03/04 and "03 04 1985".
func (s *scan) birthNumeric(today Date) ([]Date, bool) {
	var n []int
	switch {
	case s.at(0).kind == kindRun && !strings.Contains(s.at(0).text, ":"):
		numbers, ok := splitRun(s.at(0).text)
		if !ok || len(numbers) != 3 {
			return nil, false
		}
		n = numbers
		s.i++
	case s.at(0).kind == kindDigits && s.at(1).kind == kindDigits && s.at(2).kind == kindDigits:
		n = []int{s.at(0).value, s.at(1).value, s.at(2).value}
		s.i += 3
	default:
		return nil, false
	}
	if n[0] >= 1000 {
		return []Date{{n[0], time.Month(n[1]), n[2]}}, true
	}
	var dates []Date
	for _, year := range birthYears(n[2], today) {
		for _, d := range []Date{{year, time.Month(n[0]), n[1]}, {year, time.Month(n[1]), n[0]}} {
			if !slices.Contains(dates, d) {
				dates = append(dates, d)
			}
		}
	}
	return dates, true
}

// birthYears are the years that two digits can mean: this century's, unless it has not come yet, and the last one's.
func birthYears(year int, today Date) []int {
	switch {
	case year >= 100:
		return []int{year}
	case 2000+year > today.Year:
		return []int{1900 + year}
	}
	return []int{1900 + year, 2000 + year}
}

// birthWords reads "March 4, 1985", "the fourth of March nineteen eighty-five", "4 de marzo de 1985".
func (s *scan) birthWords(today Date) ([]Date, bool) {
	var month time.Month
	var day, used int
	if s.at(0).kind == kindMonth {
		month = time.Month(s.at(0).value)
		s.i += s.skipFillers(1)
		day, used = s.anyNumber(0)
		s.i += used
	} else {
		day, used = s.anyNumber(0)
		k := s.skipFillers(used)
		if s.at(k).kind != kindMonth {
			return nil, false
		}
		month = time.Month(s.at(k).value)
		s.i += k + 1
	}
	s.i += s.skipFillers(0)
	year, n := s.year(0)
	if n == 0 && s.at(0).kind == kindDigits && len(s.at(0).text) == 2 {
		year, n = s.at(0).value, 1
	}
	s.i += n
	var dates []Date
	for _, y := range birthYears(year, today) {
		dates = append(dates, Date{y, month, day})
	}
	return dates, used > 0 && n > 0
}
