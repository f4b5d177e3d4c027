package spoken

import "strings"

// kind is the part a word plays in a day or a time.
type kind int

const (
	kindUnknown   kind = iota
	kindEnd            // past the last word
	kindDigits         // "4", "1430"
	kindRun            // digits with separators: "14:00", "03/04"
	kindCardinal       // value is the number
	kindTens           // twenty, thirty …: may be followed by a unit
	kindHundred        // "hundred", "thousand": value
	kindOrdinal        // value is the number
	kindMonth          // value is the month
	kindWeekday        // value is the time.Weekday
	kindDayWord        // value is days from today
	kindPart           // value is a part
	kindTodayPart      // value is a part of today: tonight
	kindNext           // next, que viene
	kindThis           // this
	kindComing         // this coming
	kindIn             // in, dentro de
	kindFromNow        // from now, from today
	kindFrom           // from, on: "a week from Tuesday"
	kindUnit           // value is days
	kindMonths         // the unit month
	kindWeekend        // weekend
	kindPast           // past, after
	kindTo             // to, till
	kindMinus          // menos: las cinco menos diez
	kindHalfPast       // half past
	kindHalf           // half
	kindQuarter        // quarter
	kindAfterHour      // value is minutes added to the hour before: y media, menos cuarto
	kindAnd            // and, y
	kindOh             // oh, in two oh five
	kindOclock         // o'clock, hours
	kindMinutes        // minutes
	kindAt             // at, a las
	kindFixed          // noon and midnight: value is minutes
	kindThe            // the, el
	kindFiller         // means nothing here
	kindAny            // any time: the caller does not mind
)

// part is a part of the day, or the half of it that am and pm name.
type part int

const (
	partNone part = iota
	partAM
	partPM
	partMorning
	partAfternoon
	partEvening
	partNight
	partLunch
	partSmallHours
)

// window returns the minutes of the day that a part covers, [from, to).
func (p part) window() (from, to int) {
	switch p {
	case partAM, partMorning:
		return 0, 12 * 60
	case partPM:
		return 12 * 60, minutesOfDay
	case partAfternoon:
		return 12 * 60, 18 * 60
	case partEvening, partNight:
		return 17 * 60, minutesOfDay
	case partLunch:
		return 11*60 + 30, 14 * 60
	case partSmallHours:
		return 0, 6 * 60
	}
	return 0, 0
}

// holds reports whether people call this minute of the day by the part. The borders are wider than the windows: 8 PM is
// still "de la tarde", and 2 AM is "in the morning" and "at night".
func (p part) holds(minute int) bool {
	hour := minute / 60
	switch p {
	case partAM:
		return hour < 12
	case partPM:
		return hour >= 12
	case partMorning:
		return hour >= 1 && hour < 12
	case partAfternoon:
		return hour >= 12 && hour < 21
	case partEvening:
		return hour >= 16
	case partNight:
		return hour >= 18 || hour < 6
	case partLunch:
		return hour >= 11 && hour < 15
	case partSmallHours:
		return hour < 7
	}
	return true
}

// meaning is what a word, or a few words together, mean.
type meaning struct {
	kind  kind
	value int
}

// lexicon maps folded words, one or several with single blanks, to their meaning.
type lexicon map[string]meaning

// add gives one meaning to several spellings, written "one|two words|three".
func (l lexicon) add(k kind, value int, spellings string) {
	for spelling := range strings.SplitSeq(spellings, "|") {
		l[spelling] = meaning{k, value}
	}
}

// addEach gives consecutive values, from the first, to the spellings in a list.
func (l lexicon) addEach(k kind, first int, spellings ...string) {
	for i, spelling := range spellings {
		l.add(k, first+i, spelling)
	}
}

// language is how a locale speaks and writes numbers.
type language struct {
	words    lexicon
	dayFirst bool // 03/04 is more likely 3 April: only the order of a question's options
	halfHour bool // "half three" is half past three
}

// languageOf reads a BCP 47 tag. Tool arguments come in English now and then whatever the caller speaks, so Spanish
// includes English. Unknown locales speak American English.
func languageOf(locale string) language {
	tag := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(locale), "_", "-"))
	words := english()
	main, _, _ := strings.Cut(tag, "-")
	switch {
	case main == "es":
		addSpanish(words)
		return language{words: words, dayFirst: true}
	case tag == "en-us" || main != "en":
		return language{words: words}
	case tag == "en-ca", tag == "en":
		return language{words: words}
	}
	return language{words: words, dayFirst: true, halfHour: true}
}
