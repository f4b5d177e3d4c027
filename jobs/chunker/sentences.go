package chunker

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tokens estimates how many tokens a model makes of a text: a letter of ASCII is a quarter of one, any other letter of an alphabet
// half, a sign of Chinese, Japanese or Korean a whole. Models differ by more than the estimate does; see docs/decisions/0022.
func Tokens(text string) int {
	sum := 0
	for _, r := range text {
		sum += quarters(r)
	}
	return (sum + 3) / 4
}

// quarters of a token that a letter makes.
func quarters(r rune) int {
	switch {
	case r < utf8.RuneSelf:
		return 1
	case r < 0x2e80:
		return 2
	}
	return 4
}

// abbreviations end in a full stop and no sentence, in the languages of our clinics.
const abbreviations = " dr mr mrs ms prof st no nr tel approx ca incl excl e.g i.e etc vs min max std bzw z.b u.a ggf inkl zzgl exkl" +
	" evtl sr sra srta dra pág aprox p.ej mme mlle env "

// sentences parts a paragraph at line ends and after full stops. Each keeps its stop; nothing is lost but the white space between.
func sentences(text string) []string {
	var parts []string
	for _, line := range strings.Split(text, "\n") {
		start := 0
		for i, r := range line {
			if i < start || !isStop(r) {
				continue
			}
			end := i + utf8.RuneLen(r)
			for end < len(line) && strings.ContainsRune(".!?…。！？\"”’)»", firstRune(line[end:])) {
				end += utf8.RuneLen(firstRune(line[end:]))
			}
			if ends(line[start:i], line[end:], r) {
				parts = appendText(parts, line[start:end])
				start = end
			}
		}
		parts = appendText(parts, line[start:])
	}
	return parts
}

func isStop(r rune) bool { return strings.ContainsRune(".!?…。！？", r) }

func firstRune(text string) rune {
	r, _ := utf8.DecodeRuneInString(text)
	return r
}

// ends decides whether a sentence ends at a stop between before and after.
func ends(before, after string, stop rune) bool {
	if stop >= 0x3000 { // signs of Chinese and Japanese need no space
		return true
	}
	if after == "" || !unicode.IsSpace(firstRune(after)) {
		return false
	}
	following := firstRune(strings.TrimLeftFunc(after, unicode.IsSpace))
	if unicode.IsLower(following) {
		return false
	}
	if stop != '.' {
		return true
	}
	last := before[strings.LastIndexFunc(before, unicode.IsSpace)+1:]
	word := strings.ToLower(strings.TrimLeft(last, "(\"„“«"))
	if utf8.RuneCountInString(word) == 1 && unicode.IsLetter(firstRune(word)) { // an initial
		return false
	}
	// "2. Etage", "3. Sitzung": a day or an ordinal, as long as it is short.
	if len(word) <= 2 && strings.Trim(word, "0123456789") == "" {
		return false
	}
	return !strings.Contains(abbreviations, " "+word+" ")
}

func appendText(parts []string, text string) []string {
	if text = strings.TrimSpace(text); text != "" {
		parts = append(parts, text)
	}
	return parts
}

// fitting parts what is larger than a chunk between words, and words of that size between letters.
func fitting(text string) []string {
	const room = 4 * (Most - 1) // a piece's line end is a token too
	var parts []string
	start, space, size, sizeAtSpace := 0, 0, 0, 0
	for i, r := range text {
		if unicode.IsSpace(r) {
			space, sizeAtSpace = i, size
		}
		if size+quarters(r) > room {
			if space <= start { // one word
				space, sizeAtSpace = i, size
			}
			parts = appendText(parts, text[start:space])
			start, size = space, size-sizeAtSpace
		}
		size += quarters(r)
	}
	return appendText(parts, text[start:])
}
