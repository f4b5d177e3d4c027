package reception

import (
	"strings"
	"unicode"
)

// stemLength is how many letters two words must share from their beginning to have to do with each other: "price" and "prices" do.
const stemLength = 4

// excerpt returns the lines of text that share most words with the question, in their order and of about so many bytes together;
// all of a text that is no longer. A line alone is cut at a blank.
func excerpt(question, text string, most int) string {
	if len(text) <= most {
		return text
	}
	lines, wanted := strings.Split(text, "\n"), wordsIn(question)
	first, last := bestLine(lines, wanted), 0
	last = first
	size := len(lines[first])
	// Around the best line, the line after before the line before: an answer follows its question.
	for size < most {
		switch {
		case last+1 < len(lines) && size+len(lines[last+1]) <= most:
			last++
			size += len(lines[last])
		case first > 0 && size+len(lines[first-1]) <= most:
			first--
			size += len(lines[first])
		default:
			return cut(strings.Join(lines[first:last+1], "\n"), most)
		}
	}
	return cut(strings.Join(lines[first:last+1], "\n"), most)
}

// bestLine returns the line that shares most letters with the question, word by word: long words say more than short ones, which a
// long paragraph has of every kind. The shorter of equals.
func bestLine(lines []string, wanted [][]rune) (best int) {
	most := 0
	for i, line := range lines {
		shared, have := 0, wordsIn(line)
		for _, word := range wanted {
			nearest := 0
			for _, other := range have {
				nearest = max(nearest, sharedStart(word, other))
			}
			if nearest >= stemLength {
				shared += nearest
			}
		}
		if shared > most || shared == most && shared > 0 && len(line) < len(lines[best]) {
			best, most = i, shared
		}
	}
	return best
}

// wordsIn are a text's words of [stemLength] letters and more, in small letters.
func wordsIn(text string) [][]rune {
	var found [][]rune
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if letters := []rune(word); len(letters) >= stemLength {
			found = append(found, letters)
		}
	}
	return found
}

func sharedStart(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// cut shortens a text to most bytes at a blank, with a mark where something is missing.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := strings.LastIndexFunc(text[:most], unicode.IsSpace)
	if end <= 0 {
		end = most
	}
	return strings.ToValidUTF8(text[:end], "") + " …"
}
