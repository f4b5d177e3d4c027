package reception

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestLabel is how much of a file's name is told, in characters.
const longestLabel = 80

// quoted is a document's text as it may stand in an answer to a model. It is the text of the clinic's people and of whoever wrote what
// they uploaded: no sign in it ends the passage it stands in or begins another source's name, a prompt's placeholder, a tag or a mark
// of who speaks, and nothing in it cannot be seen. Lines stay lines, and the bars between a table's cells stay.
func quoted(text string) string {
	signs := strings.NewReplacer("[", "(", "{", "(", "]", ")", "}", ")", "<|", "‹", "|>", "›", "<", "‹", ">", "›", `\`, "/",
		`"`, "'", "`", "'", "“", "'", "”", "'", "„", "'")
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.In(r, unicode.Cf, unicode.Co) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, signs.Replace(text))
}

// source names where a passage stands: the file, in one short line, and the page where the format has pages.
func source(filename string, page *int32) string {
	name := strings.Join(strings.Fields(quoted(filename)), " ")
	if letters := []rune(name); len(letters) > longestLabel {
		name = string(letters[:longestLabel]) + "…"
	}
	if name == "" {
		name = "document"
	}
	if page == nil {
		return name
	}
	return fmt.Sprintf("%s, page %d", name, *page)
}
