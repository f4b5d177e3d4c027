package spoken

import (
	"strings"
	"time"
)

// item is a word with its meaning; text is kept for numbers only.
type item struct {
	meaning
	text string
}

// maxPhrase is the most words that one entry of a lexicon has.
const maxPhrase = 4

// items looks up the longest known phrase at each place.
func (l language) items(text string) []item {
	words := chunks(fold(text))
	var out []item
	for i := 0; i < len(words); {
		it, used := l.item(words, i)
		i += used
		if isTimeMark(words, i-1, used) {
			continue
		}
		out = append(out, it)
	}
	return out
}

func (l language) item(words []string, i int) (item, int) {
	for n := min(maxPhrase, len(words)-i); n > 0; n-- {
		if m, ok := l.words[strings.Join(words[i:i+n], " ")]; ok {
			return item{meaning: m}, n
		}
	}
	word := words[i]
	if !isDigit(rune(word[0])) {
		return item{}, 1
	}
	if strings.ContainsAny(word, ":/.-") {
		return item{meaning{kindRun, 0}, word}, 1
	}
	if i+1 < len(words) && ordinalSuffix(words[i+1]) {
		return item{meaning{kindOrdinal, number(word)}, ""}, 2
	}
	return item{meaning{kindDigits, number(word)}, word}, 1
}

// isTimeMark reports the T between the date and the time of an ISO date-time that did not parse as a whole.
func isTimeMark(words []string, i, used int) bool {
	return used == 1 && words[i] == "t" && i > 0 && i+1 < len(words) && isDigit(rune(words[i-1][0])) && isDigit(rune(words[i+1][0]))
}

func ordinalSuffix(s string) bool {
	switch s {
	case "st", "nd", "rd", "th", "º", "ª":
		return true
	}
	return false
}

// number reads up to six digits; longer runs are no part of a date and become -1.
func number(digits string) int {
	if len(digits) == 0 || len(digits) > 6 {
		return -1
	}
	n := 0
	for _, r := range digits {
		if !isDigit(r) {
			return -1
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// findings is everything the fields say, before it is compared.
type findings struct {
	days   []dayReading
	named  []time.Weekday // weekdays without "next" or "this": they check a date or stand for one
	weeks  []weekReading
	times  []timeReading
	parts  []part
	stamps []stampReading
	vague  bool // a month or a weekend, not a day
}

// dayReading is one statement of the day: every date it can mean, the likeliest first.
type dayReading struct {
	dates   []Date
	weekday bool // said as a weekday, so that a contradiction is a wrong weekday
}

// weekReading is one statement of a week: it may begin on Sunday or on Monday.
type weekReading []Date // first days

// timeReading is one statement of the time of day.
type timeReading struct {
	minutes int
	fixed   bool // 13:00 and later, noon, midnight: no other half of the day is possible
	written bool // HH:MM as the tools ask for it: taken as said inside opening hours
}

// stampReading is an instant that was written with an offset of its own.
type stampReading struct {
	written time.Time // with that offset
	local   time.Time // in the location's zone
}

// scan walks through the items of one field.
type scan struct {
	items   []item
	i       int
	field   string
	hasTime bool // the Time field is not empty, so a bare number elsewhere is no hour
	reader  *reader
	found   *findings
	doubt   *Doubt // the words are understood and impossible
}

// at returns the item k places ahead, or an end item.
func (s *scan) at(k int) item {
	if s.i+k < len(s.items) {
		return s.items[s.i+k]
	}
	return item{meaning: meaning{kind: kindEnd}}
}

// run reads every item, and reports whether all of them made sense.
func (s *scan) run() bool {
	if s.loneMorning() {
		return true
	}
	for s.i < len(s.items) && s.doubt == nil {
		if !s.dayStep() && !s.timeStep() && !s.skip() {
			return false
		}
	}
	return len(s.items) > 0
}

func (s *scan) dayStep() bool {
	return s.dateRun() || s.monthDay() || s.relative() || s.dayWord() || s.weekdayWords() || s.week() || s.dayOfMonth()
}

func (s *scan) timeStep() bool {
	return s.fixedTime() || s.clockRun() || s.fraction() || s.minutesBeside() || s.hour() || s.partOfDay()
}

// skip passes words that mean nothing where they stand.
func (s *scan) skip() bool {
	switch s.at(0).kind {
	case kindFiller, kindAt:
		s.i++
		return true
	case kindThe, kindThis:
		// "the" and "this" need something to point at.
		s.i++
		return s.i < len(s.items)
	case kindIn:
		s.i++
		return s.at(0).kind == kindMonth
	case kindAny:
		s.i++
		return s.field == FieldTime || s.field == FieldPartOfDay
	}
	return false
}

// loneMorning reads the Spanish "mañana" as the morning where a time of day is asked for.
func (s *scan) loneMorning() bool {
	timeField := s.field == FieldTime || s.field == FieldPartOfDay
	if !timeField || len(s.items) != 1 || s.items[0].meaning != (meaning{kindDayWord, 1}) || s.reader.lang.words["manana"].kind == kindUnknown {
		return false
	}
	s.found.parts = append(s.found.parts, partMorning)
	return true
}

// skipFillers returns the first place from k on that is no filler.
func (s *scan) skipFillers(k int) int {
	for s.at(k).kind == kindFiller || s.at(k).kind == kindThe {
		k++
	}
	return k
}

// cardinal reads a number of up to 99 at place k: digits or words. It returns how many items it took, 0 for no number.
func (s *scan) cardinal(k int) (value, used int) {
	switch it := s.at(k); it.kind {
	case kindDigits, kindCardinal:
		return it.value, 1
	case kindTens:
		return s.tens(k)
	}
	return 0, 0
}

// tens reads "twenty", "twenty five" and "treinta y cinco".
func (s *scan) tens(k int) (value, used int) {
	base, next := s.at(k).value, 1
	if s.at(k+1).kind == kindAnd {
		next = 2
	}
	if unit := s.at(k + next); unit.kind == kindCardinal && unit.value > 0 && unit.value < 10 {
		return base + unit.value, next + 1
	}
	return base, 1
}

// ordinal reads "3rd", "third" and "twenty first".
func (s *scan) ordinal(k int) (value, used int) {
	it := s.at(k)
	switch {
	case it.kind == kindOrdinal:
		return it.value, 1
	case it.kind == kindTens && s.at(k+1).kind == kindOrdinal && s.at(k+1).value < 10:
		return it.value + s.at(k+1).value, 2
	}
	return 0, 0
}

// anyNumber reads an ordinal or a cardinal.
func (s *scan) anyNumber(k int) (value, used int) {
	if value, used = s.ordinal(k); used > 0 {
		return value, used
	}
	return s.cardinal(k)
}

// year reads four digits, "twenty twenty seven", "nineteen oh five", "two thousand four", "mil novecientos ochenta y cinco".
func (s *scan) year(k int) (value, used int) {
	it := s.at(k)
	if it.kind == kindDigits && len(it.text) == 4 && it.value >= 1800 && it.value < 2200 {
		return it.value, 1
	}
	if value, used = s.thousands(k); used > 0 {
		return value, used
	}
	if !(it.kind == kindCardinal && (it.value == 18 || it.value == 19)) && !(it.kind == kindTens && it.value == 20) {
		return 0, 0
	}
	return s.century(k)
}

// century reads the second half of "nineteen eighty five".
func (s *scan) century(k int) (value, used int) {
	base := s.at(k).value * 100
	switch next := s.at(k + 1); {
	case next.kind == kindHundred && next.value == 100:
		return base, 2
	case next.kind == kindOh && s.at(k+2).kind == kindCardinal && s.at(k+2).value < 10:
		return base + s.at(k+2).value, 3
	}
	rest, used := s.cardinal(k + 1)
	if used == 0 || rest < 10 || rest > 99 || s.at(k+1).kind == kindDigits {
		return 0, 0
	}
	return base + rest, used + 1
}

// thousands reads "two thousand twenty seven" and the Spanish years.
func (s *scan) thousands(k int) (value, used int) {
	start, value := k, 1000
	if s.at(k).meaning == (meaning{kindCardinal, 2}) {
		value, k = 2000, k+1
	}
	if s.at(k).meaning != (meaning{kindHundred, 1000}) {
		return 0, 0
	}
	k++
	if s.at(k).meaning == (meaning{kindCardinal, 900}) {
		value, k = value+900, k+1
	}
	if s.at(k).kind == kindAnd {
		k++
	}
	if rest, n := s.cardinal(k); n > 0 && rest < 100 && s.at(k).kind != kindDigits {
		value, k = value+rest, k+n
	}
	return value, k - start
}
