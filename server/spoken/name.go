package spoken

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxName = 100 // characters

// Name returns a person's name in one line, with names that came in capitals or in small letters cased as people write
// them, and false for what is no name: placeholders that models put in, bare numbers, template marks, control characters.
func Name(raw string) (string, bool) {
	name := strings.Join(strings.Fields(strings.ReplaceAll(raw, "’", "'")), " ")
	if utf8.RuneCountInString(name) < 2 || utf8.RuneCountInString(name) > maxName || !utf8.ValidString(raw) {
		return "", false
	}
	if strings.ContainsFunc(strings.TrimSpace(raw), notInName) || !strings.ContainsFunc(name, unicode.IsLetter) || placeholder(name) {
		return "", false
	}
	words := strings.Split(name, " ")
	shouted := !slices.ContainsFunc(words, mixedCase)
	for i, word := range words {
		words[i] = recase(word, i == 0, shouted)
	}
	return strings.Join(words, " "), true
}

// notInName reports control characters and what only templates and markup use.
func notInName(r rune) bool {
	joiner := r == '\u200c' || r == '\u200d' // some scripts need them
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && !joiner || r == '\u2028' || r == '\u2029' || strings.ContainsRune("{}<>[]|\\@=", r)
}

// placeholder reports names made only of words that stand for a missing name.
func placeholder(name string) bool {
	words := strings.FieldsFunc(fold(name), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range words {
		switch word {
		case "unknown", "caller", "guest", "n", "a", "na", "none", "null", "nil", "undefined", "patient", "test", "tester", "testing", "anonymous",
			"customer", "client", "user", "name", "first", "last", "full", "the", "new", "not", "no", "provided", "given", "available", "applicable",
			"string", "tbd", "todo", "placeholder", "private", "restricted", "withheld", "blocked", "unavailable", "person", "someone",
			"desconocido", "desconocida", "anonimo", "cliente", "paciente", "nombre", "sin", "invitado", "prueba":
		default:
			return false
		}
	}
	return true
}

// mixedCase reports a word that somebody cased with care.
func mixedCase(word string) bool {
	return word != strings.ToLower(word) && word != strings.ToUpper(word)
}

// recase cases one word of a name. Words in mixed case are taken as their owner writes them, and beside such a word so
// are short capitals, which are initials.
func recase(word string, first, shouted bool) string {
	lower := strings.ToLower(word)
	capitals := word == strings.ToUpper(word) && word != lower
	if mixedCase(word) || capitals && !shouted && utf8.RuneCountInString(word) <= 2 || roman(word) {
		return word
	}
	if !first && particle(lower) {
		return lower
	}
	return recaseParts(lower)
}

// recaseParts writes a capital at the start and behind hyphens, apostrophes and Mc: Smith-Jones, O'Brien, McDonald.
func recaseParts(lower string) string {
	runes := []rune(lower)
	for i, r := range runes {
		start := i == 0 || runes[i-1] == '-' || runes[i-1] == '.' || runes[i-1] == '\'' && i <= 2 && i+1 < len(runes)
		afterMc := i == 2 && len(runes) > 4 && lower[:2] == "mc"
		if start || afterMc {
			runes[i] = unicode.ToTitle(r)
		}
	}
	return string(runes)
}

// particle reports the words inside family names that stay small.
func particle(lower string) bool {
	return slices.Contains([]string{"van", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "du", "von", "zu", "zur", "la", "las", "los", "le", "ten", "ter", "bin", "ibn", "y", "e"}, lower)
}

// roman reports the number of a namesake.
func roman(word string) bool {
	return slices.Contains([]string{"II", "III", "IV"}, word)
}
