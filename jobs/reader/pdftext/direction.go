package pdftext

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// firstFromRight is the first letter of a writing from right to left (Hebrew's block); below are only left-to-right ones.
const firstFromRight = 0x590

// classOf is the direction of a glyph: of its first letter that has one, else of its first letter.
func classOf(letters string) bidi.Class {
	class := bidi.ON
	for i, r := range letters {
		properties, _ := bidi.LookupRune(r)
		switch c := properties.Class(); {
		case c == bidi.L || c == bidi.R || c == bidi.AL || c == bidi.EN || c == bidi.AN:
			return c
		case i == 0:
			class = c
		}
	}
	return class
}

func isFromRight(letters string) bool {
	for _, r := range letters {
		if r >= firstFromRight {
			c := classOf(letters)
			return c == bidi.R || c == bidi.AL
		}
	}
	return false
}

// runsFromRight counts the letters of both directions: more from the right than from the left.
func runsFromRight(glyphs []shown) bool {
	right, left := 0, 0
	for _, g := range glyphs {
		switch r, _ := utf8.DecodeRuneInString(g.letters); {
		case r >= firstFromRight && isFromRight(g.letters):
			right++
		case r >= 'A' && classOf(g.letters) == bidi.L:
			left++
		}
	}
	return right > left
}

// sign is a glyph, or the space between two words, in a line that is put into reading order.
type sign struct {
	letters string
	class   bidi.Class
}

// visual are the signs of words from left to right, as they are seen. Marks follow the letter that they stand on.
func visual(words []word) []sign {
	var signs []sign
	for i, w := range words {
		if i > 0 {
			signs = append(signs, sign{" ", bidi.WS})
		}
		var under shown
		for j, g := range w.glyphs {
			class := classOf(g.letters)
			if class == bidi.NSM && j > 0 && g.x < under.x+under.width {
				signs[len(signs)-1].letters += g.letters
				continue
			}
			if class != bidi.NSM {
				under = g
			}
			signs = append(signs, sign{g.letters, class})
		}
	}
	return signs
}

// reading puts signs that were read off the page from left to right into the order in which they are read. It turns back what UAX #9
// (the Unicode Bidirectional Algorithm) did to lay the line out: figures and words from left to right keep their order.
func reading(signs []sign, fromRight bool) string {
	if fromRight {
		slices.Reverse(signs)
		for start := 0; start < len(signs); {
			end := leftRun(signs, start)
			slices.Reverse(signs[start:max(end, start)])
			start = max(end, start+1)
		}
	} else {
		for start := 0; start < len(signs); {
			end := rightRun(signs, start)
			if end > start {
				turned := signs[start:end]
				slices.Reverse(turned)
				for at := 0; at < len(turned); {
					inner := leftRun(turned, at)
					slices.Reverse(turned[at:max(inner, at)])
					at = max(inner, at+1)
				}
			}
			start = max(end, start+1)
		}
	}
	var b strings.Builder
	for _, s := range signs {
		b.WriteString(s.letters)
	}
	return paired(b.String())
}

func isFigure(c bidi.Class) bool { return c == bidi.EN || c == bidi.AN }

// leftRun returns the end of what begins at start in reversed signs and runs from left to right: words, figures with their points and
// colons, and signs of percent and currency that touch a figure. start: nothing does.
func leftRun(signs []sign, start int) int {
	end, words := start, false
	for at := start; at < len(signs); at++ {
		switch c := signs[at].class; {
		case c == bidi.L:
			words, end = true, at+1
		case isFigure(c):
			// Between words and figures neutral signs may stand, between two figures one point, colon or dash.
			if between := signs[end:at]; at > start && !words && len(between) > 0 && !joinsFigures(between) {
				return end
			}
			end = at + 1
		case c == bidi.R || c == bidi.AL:
			return end
		case end == start && (c != bidi.ET || at+1 >= len(signs) || !isFigure(signs[at+1].class)):
			return end
		case c == bidi.ET && at == end && at > start && isFigure(signs[at-1].class):
			end = at + 1
		}
	}
	return end
}

// joinsFigures: 8:30, 1,250, 12/03, 24-26.
func joinsFigures(between []sign) bool {
	if len(between) != 1 {
		return false
	}
	c := between[0].class
	return c == bidi.CS || c == bidi.ES || c == bidi.ET
}

// rightRun returns the end of what begins at start in a line from left to right and runs from right to left. start: nothing does.
func rightRun(signs []sign, start int) int {
	end := start
	if signs[start].class != bidi.R && signs[start].class != bidi.AL {
		return start
	}
	for at := start; at < len(signs); at++ {
		switch signs[at].class {
		case bidi.R, bidi.AL:
			end = at + 1
		case bidi.L:
			return end
		}
	}
	return end
}

// mirrored are brackets that turn with the writing.
var mirrored = strings.NewReplacer("(", ")", ")", "(", "[", "]", "]", "[", "{", "}", "}", "{", "«", "»", "»", "«", "<", ">", ">", "<")

// paired turns brackets round where one closes before any opens: some programs name brackets as they look, others as they are meant.
func paired(text string) string {
	first := strings.IndexAny(text, "()[]{}«»<>")
	if first < 0 || strings.IndexAny(text[first:], ")]}»>") != 0 || strings.ContainsAny(text[:first], "([{«<") ||
		!strings.ContainsAny(text[first:], "([{«<") {
		return text
	}
	return mirrored.Replace(text)
}

// fromLeft sorts glyphs as they are seen.
func fromLeft(glyphs []shown) {
	slices.SortStableFunc(glyphs, func(a, b shown) int { return cmp.Compare(a.x, b.x) })
}
