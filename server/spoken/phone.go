package spoken

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// CallerNumber returns the E.164 form of a number that the telephone network sent, and false when it sent none: withheld
// numbers, SIP addresses and placeholders are no numbers. region is the ISO country that a number without a plus sign
// belongs to; without a region such a number is not accepted.
func CallerNumber(raw, region string) (e164 string, ok bool) {
	s := strings.TrimSpace(raw)
	s = strings.TrimPrefix(s, "tel:")
	digits := onlyDigits(s)
	if strings.Trim(s, "+0123456789 ().-") != "" || withheld(digits) {
		return "", false
	}
	return possible(s, region)
}

// WrittenNumber returns the E.164 form of a number as people write it, "(312) 555-0123" or "020 7946 0123", and false for
// anything else. region is the ISO country that a number without a plus sign belongs to.
func WrittenNumber(raw, region string) (e164 string, ok bool) {
	s := strings.TrimSpace(raw)
	if strings.Trim(s, "+0123456789 ().-/\u00a0") != "" {
		return "", false
	}
	return possible(s, region)
}

// withheld reports the digits that stand for a word on a telephone's keys, which carriers send instead of a number
// (Twilio: "What do these phone numbers mean?").
func withheld(digits string) bool {
	switch digits {
	case "266696687", // ANONYMOUS
		"7378742833",  // RESTRICTED
		"2562533",     // BLOCKED
		"8656696",     // UNKNOWN
		"86282452253", // UNAVAILABLE
		"464":
		return true
	}
	return strings.Trim(digits, "0") == ""
}

// SpokenNumber returns the E.164 form of a number that a caller said, in digits or in English or Spanish words: "three
// one two, double five five …". region is the clinic's ISO country. It is false for anything that is not wholly a
// number, because a digit that was misheard calls somebody else.
func SpokenNumber(raw, region string) (e164 string, ok bool) {
	if len(raw) > maxSpoken {
		return "", false
	}
	digits, ok := dictated(raw)
	if !ok || withheld(onlyDigits(digits)) {
		return "", false
	}
	return possible(digits, region)
}

// possible accepts numbers whose country and length exist. Numbers reserved for fiction are among them; a stricter test
// would also refuse new ranges that the library does not know yet.
func possible(s, region string) (string, bool) {
	number, err := phonenumbers.Parse(s, strings.ToUpper(strings.TrimSpace(region)))
	if err != nil || phonenumbers.IsPossibleNumberWithReason(number) != phonenumbers.IS_POSSIBLE {
		return "", false
	}
	return phonenumbers.Format(number, phonenumbers.E164), true
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if isDigit(r) {
			return r
		}
		return -1
	}, s)
}

// dictated writes spoken digits down, with a leading plus where one was said.
func dictated(raw string) (string, bool) {
	words := dictatedWords(raw)
	lang := languageOf("es")
	var out strings.Builder
	repeat := 1
	for i := 0; i < len(words); {
		text, used, ok := lang.digits(words, i)
		if !ok {
			times, known := dictationWord(words[i])
			if !known || repeat > 1 {
				return "", false
			}
			repeat, i = max(times, 1), i+1
			continue
		}
		if text == "+" && out.Len() > 0 || repeat > 1 && len(text) != 1 {
			return "", false
		}
		out.WriteString(strings.Repeat(text, repeat))
		repeat, i = 1, i+used
	}
	return out.String(), repeat == 1 && out.Len() > 0
}

// dictatedWords cuts a number apart. Separators inside it mean nothing.
func dictatedWords(raw string) []string {
	spaced := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.()/,;:–—", r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, fold(raw))
	return strings.Fields(strings.ReplaceAll(spaced, "+", " + "))
}

// digits reads one step of a dictated number: a run of digits, or a number in words up to 99.
func (l language) digits(words []string, i int) (text string, used int, ok bool) {
	word := words[i]
	switch {
	case word == "+" || word == "plus" || word == "mas":
		return "+", 1, true
	case strings.Trim(word, "0123456789") == "":
		return word, 1, true
	case word == "oh" || word == "o":
		return "0", 1, true
	case word == "a" || word == "an" || word == "couple":
		return "", 0, false
	}
	switch m := l.words[word]; m.kind {
	case kindCardinal:
		return strconv.Itoa(m.value), 1, m.value < 100
	case kindTens:
		value, used := l.tensDigits(words, i)
		return strconv.Itoa(value), used, true
	}
	return "", 0, false
}

// tensDigits reads "forty two" and "cuarenta y dos".
func (l language) tensDigits(words []string, i int) (value, used int) {
	base, next := l.words[words[i]].value, i+1
	if next < len(words) && words[next] == "y" {
		next++
	}
	if next < len(words) {
		if unit := l.words[words[next]]; unit.kind == kindCardinal && unit.value > 0 && unit.value < 10 && words[next] != "a" {
			return base + unit.value, next - i + 1
		}
	}
	return base, 1
}

// dictationWord knows the words around the digits: those that repeat the next one, and those that mean nothing.
func dictationWord(word string) (times int, known bool) {
	switch word {
	case "double", "doble":
		return 2, true
	case "triple", "treble":
		return 3, true
	case "area", "code", "my", "number", "phone", "is", "its", "the", "dash", "hyphen", "um", "uh", "mi", "numero", "es", "el", "guion", "prefijo":
		return 1, true
	}
	return 0, false
}
