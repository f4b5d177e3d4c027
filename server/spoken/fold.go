package spoken

import (
	"strings"
	"unicode"
)

// maxSpoken is the most characters of an argument that are read. Nobody says a day or a time in more.
const maxSpoken = 200

// fold makes spelling comparable: lower case, no accents, no apostrophes of any shape, no invisible characters.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		r = unicode.ToLower(r)
		switch {
		case strings.ContainsRune("'’‘ʼ`´′", r), unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return plainLetter(r)
	}, strings.ToValidUTF8(s, " "))
}

// plainLetter drops the accents that Spanish uses.
func plainLetter(r rune) rune {
	switch r {
	case 'á', 'à':
		return 'a'
	case 'é', 'è':
		return 'e'
	case 'í', 'ì':
		return 'i'
	case 'ó', 'ò':
		return 'o'
	case 'ú', 'ù', 'ü':
		return 'u'
	case 'ñ':
		return 'n'
	}
	return r
}

// chunks cuts folded text into words, runs of digits ("4"), and digits joined by separators ("14:00", "03/04").
// Letters and digits that touch are cut apart: "2pm" is "2" and "pm".
func chunks(folded string) []string {
	var out []string
	runes := []rune(folded)
	for i := 0; i < len(runes); {
		start := i
		switch {
		case isDigit(runes[i]):
			for i < len(runes) && (isDigit(runes[i]) || joinsDigits(runes, i)) {
				i++
			}
		case unicode.IsLetter(runes[i]) || runes[i] == 'º' || runes[i] == 'ª':
			for i < len(runes) && (unicode.IsLetter(runes[i]) || dotInside(runes, i)) {
				i++
			}
		default:
			i++
			if blank(runes[start]) {
				continue
			}
		}
		out = append(out, strings.ReplaceAll(string(runes[start:i]), " ", ""))
	}
	return undot(out)
}

// undot takes the dots out of abbreviations: "a.m" and "jan" stay words, numbers keep their separators.
func undot(words []string) []string {
	for i, word := range words {
		if !isDigit(rune(word[0])) {
			words[i] = strings.ReplaceAll(word, ".", "")
		}
	}
	return words
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// joinsDigits reports a separator with a digit on both sides.
func joinsDigits(runes []rune, i int) bool {
	return strings.ContainsRune(":/.-", runes[i]) && i > 0 && isDigit(runes[i-1]) && i+1 < len(runes) && isDigit(runes[i+1])
}

// dotInside reports the dot of an abbreviation such as a.m.
func dotInside(runes []rune, i int) bool {
	return runes[i] == '.' && i+1 < len(runes) && unicode.IsLetter(runes[i+1])
}

// blank reports punctuation that separates words and means nothing. Any other sign is kept and will not be understood.
func blank(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(",.;!¡?¿-–—\"“”()", r)
}
