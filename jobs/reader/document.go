package reader

import (
	"bytes"
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// document collects the blocks of one file.
type document struct {
	ctx    context.Context // of the one call that reads it
	blocks []Block
	left   int // bytes of text that may still come
}

// maxHeading is the longest heading, in bytes; a longer one is a paragraph that somebody made large.
const maxHeading = 200

// add keeps a block unless it is empty. It returns a [*Refusal] when the text becomes too long, and the context's error.
func (d *document) add(kind BlockKind, level int, text string) error {
	if text = clean(text); text == "" {
		return nil
	}
	if kind == Heading {
		text = strings.ReplaceAll(text, "\n", " ")
	}
	if kind != Heading || len(text) > maxHeading {
		level = 0
		if kind == Heading {
			kind = Paragraph
		}
	}
	if d.left -= len(text); d.left < 0 {
		return refuse(TooLarge, nil)
	}
	d.blocks = append(d.blocks, Block{Kind: kind, Level: min(level, 6), Text: text})
	if len(d.blocks)%256 == 0 {
		return d.ctx.Err()
	}
	return nil
}

// addTable adds the rows of a table.
func (d *document) addTable(t table) error {
	for _, line := range t.lines() {
		if err := d.add(line.Kind, 0, line.Text); err != nil {
			return err
		}
	}
	return nil
}

// decodeText makes UTF-8 of UTF-8, of UTF-16 with a mark, and of everything else as if it were Windows-1252: that
// is what Excel and Notepad write in the countries we serve.
func decodeText(data []byte) string {
	if hasWideMark(data) {
		text, err := xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM).NewDecoder().Bytes(data)
		if err == nil {
			return string(text)
		}
	}
	if data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")); utf8.Valid(data) {
		return string(data)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "")
	}
	return string(text)
}

// same are the line ends of all systems, and what old fonts call the ligatures fi and fl.
var same = strings.NewReplacer("\uf001", "fi", "\uf002", "fl", "\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n")

// asWritten gives the letters for a form in which they are drawn: ligatures, and Arabic letters as they begin, join and end words.
// Other compatible forms stay: ½ is not 1⁄2.
func asWritten(r rune) string {
	if r >= 0xfb00 && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefc {
		return norm.NFKC.String(string(r))
	}
	return ""
}

// drawn replaces such forms.
func drawn(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 0xfb00 }) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if letters := asWritten(r); letters != "" {
			b.WriteString(letters)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// clean brings text to the form that [Block] promises.
func clean(text string) string {
	text = norm.NFC.String(drawn(same.Replace(strings.ToValidUTF8(text, ""))))
	var b strings.Builder
	b.Grow(len(text))
	space, line := false, false
	for _, r := range text {
		switch {
		case r == '\n':
			line = true
		case unicode.IsSpace(r):
			space = true
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co), r == utf8.RuneError:
		default:
			if b.Len() > 0 && line {
				b.WriteByte('\n')
			} else if b.Len() > 0 && space {
				b.WriteByte(' ')
			}
			space, line = false, false
			b.WriteRune(r)
		}
	}
	return b.String()
}
