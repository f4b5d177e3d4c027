package reception

import (
	"strings"
	"unicode"
)

// stemLength is how many letters two words must share from their beginning to count as one: "price" and "prices" do.
const stemLength = 4

// excerpt returns the lines of text that share most words with the question, in their order and of about so many bytes together;
// all of a text that is no longer. A line alone is cut at a blank.
func excerpt(question, text string, most int) string {
	if len(text) <= most {
		return text
	}
	lines, wanted := strings.Split(text, "\n"), stems(question)
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

func bestLine(lines []string, wanted map[string]bool) (best int) {
	most := 0
	for i, line := range lines {
		shared := 0
		for stem := range stems(line) {
			if wanted[stem] {
				shared++
			}
		}
		if shared > most {
			best, most = i, shared
		}
	}
	return best
}

// stems are the beginnings of a text's longer words.
func stems(text string) map[string]bool {
	found := map[string]bool{}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if letters := []rune(word); len(letters) >= stemLength {
			found[string(letters[:stemLength])] = true
		}
	}
	return found
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
