package pdftext

import (
	"bytes"
	"encoding/hex"
	"strconv"
)

// What a PDF is made of. Numbers are float64: offsets stay exact far beyond any file we take.
type (
	name    string // /Name
	text    string // a string's bytes, of whatever encoding
	keyword string // anything else that stands alone: obj, R, true, and the operators of a page
	array   []any
	dict    map[name]any
	ref     struct{ number, generation int }
)

// stream is a dictionary with bytes behind it, still as they stand in the file.
type stream struct {
	dict dict
	raw  []byte
}

// maxDepth is how deeply arrays and dictionaries may stand in each other. Real files stay under ten.
const maxDepth = 64

// lexer reads objects one after another. It never reads beyond data, and every call moves on or reports the end.
type lexer struct {
	data []byte
	at   int
	refs bool // "12 0 R" is one object: in the file, not in the operators of a page
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0
}

// skipSpace passes white space and comments.
func (l *lexer) skipSpace() {
	for l.at < len(l.data) {
		switch c := l.data[l.at]; {
		case isSpace(c):
			l.at++
		case c == '%':
			for l.at < len(l.data) && l.data[l.at] != '\n' && l.data[l.at] != '\r' {
				l.at++
			}
		default:
			return
		}
	}
}

// next returns the next object; ok is false at the end. Stray closing brackets come as keywords.
func (l *lexer) next() (object any, ok bool) { return l.object(0) }

func (l *lexer) object(depth int) (any, bool) {
	l.skipSpace()
	if l.at >= len(l.data) || depth > maxDepth {
		l.at = len(l.data) // nothing sound nests this deeply: the rest is not worth reading
		return nil, false
	}
	switch c := l.data[l.at]; c {
	case '/':
		l.at++
		return l.name(), true
	case '(':
		l.at++
		return l.literal(), true
	case '[':
		l.at++
		return l.array(depth + 1), true
	case '<':
		if l.at+1 < len(l.data) && l.data[l.at+1] == '<' {
			l.at += 2
			return l.dict(depth + 1), true
		}
		l.at++
		return l.hex(), true
	case '>':
		if l.at+1 < len(l.data) && l.data[l.at+1] == '>' {
			l.at++
		}
		l.at++
		return keyword(">>"), true
	case ']', '{', '}', ')':
		l.at++
		return keyword(c), true
	}
	word := l.word()
	if number, isNumber := parseNumber(word); isNumber {
		if l.refs {
			if r, isRef := l.reference(number); isRef {
				return r, true
			}
		}
		return number, true
	}
	switch string(word) {
	case "true":
		return true, true
	case "false":
		return false, true
	case "null":
		return nil, true
	}
	return keyword(word), true
}

// word is everything up to the next space or delimiter.
func (l *lexer) word() []byte {
	start := l.at
	for l.at < len(l.data) && !isSpace(l.data[l.at]) && !isDelimiter(l.data[l.at]) {
		l.at++
	}
	return l.data[start:l.at]
}

// parseNumber knows PDF's numbers only: no exponents, no "Inf".
func parseNumber(word []byte) (float64, bool) {
	if len(word) == 0 || len(word) > 40 {
		return 0, false
	}
	for _, c := range word {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' {
			return 0, false
		}
	}
	number, err := strconv.ParseFloat(string(word), 64)
	if err != nil { // "--5" and "1.2.3" stand in real files; readers take them for nought
		return 0, true
	}
	return number, true
}

// reference looks whether the number just read begins "12 0 R", and stays where it was otherwise.
func (l *lexer) reference(number float64) (ref, bool) {
	start := l.at
	l.skipSpace()
	generation, isNumber := parseNumber(l.word())
	if !isNumber || number < 0 || number > maxObjects || generation < 0 || generation > 65535 {
		l.at = start
		return ref{}, false
	}
	l.skipSpace()
	if string(l.word()) != "R" {
		l.at = start
		return ref{}, false
	}
	return ref{number: int(number), generation: int(generation)}, true
}

func (l *lexer) name() name {
	word := l.word()
	if bytes.IndexByte(word, '#') < 0 {
		return name(word)
	}
	plain := make([]byte, 0, len(word))
	for i := 0; i < len(word); i++ {
		if word[i] == '#' && i+2 < len(word) {
			if b, err := hex.DecodeString(string(word[i+1 : i+3])); err == nil {
				plain = append(plain, b[0])
				i += 2
				continue
			}
		}
		plain = append(plain, word[i])
	}
	return name(plain)
}

func (l *lexer) array(depth int) array {
	var items array
	for {
		item, ok := l.object(depth)
		if !ok || item == keyword("]") {
			return items
		}
		if item == keyword("endobj") || item == keyword("obj") {
			return items // never closed
		}
		items = append(items, item)
	}
}

// endsDict is true for the brackets, and for what can only stand behind a dictionary that was never closed.
func (k keyword) endsDict() bool {
	switch k {
	case ">>", "endobj", "obj", "stream", "trailer", "xref", "startxref":
		return true
	}
	return false
}

func (l *lexer) dict(depth int) dict {
	entries := dict{}
	for {
		key, ok := l.object(depth)
		if word, isWord := key.(keyword); !ok || isWord && word.endsDict() {
			return entries
		}
		k, isName := key.(name)
		if !isName {
			continue // a value without a key
		}
		value, ok := l.object(depth)
		if !ok || value == keyword(">>") {
			return entries
		}
		entries[k] = value
	}
}

// hex reads the string after '<'; a missing last digit counts as 0.
func (l *lexer) hex() text {
	end := bytes.IndexByte(l.data[l.at:], '>')
	if end < 0 {
		end = len(l.data) - l.at
	}
	digits := make([]byte, 0, end+1)
	for _, c := range l.data[l.at : l.at+end] {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' {
			digits = append(digits, c)
		}
	}
	l.at = min(l.at+end+1, len(l.data))
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	n, _ := hex.Decode(digits, digits) // only hexadecimal digits are left
	return text(digits[:n])
}

// literal reads the string after '(' with its escapes and inner brackets.
func (l *lexer) literal() text {
	var plain []byte
	for open := 1; l.at < len(l.data); {
		c := l.data[l.at]
		l.at++
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return text(plain)
			}
		case '\\':
			plain = l.escape(plain)
			continue
		}
		plain = append(plain, c)
	}
	return text(plain)
}

// escape adds what stands for the characters after a backslash.
func (l *lexer) escape(plain []byte) []byte {
	if l.at >= len(l.data) {
		return plain
	}
	c := l.data[l.at]
	l.at++
	switch c {
	case 'n':
		return append(plain, '\n')
	case 'r':
		return append(plain, '\r')
	case 't':
		return append(plain, '\t')
	case 'b', 'f':
		return append(plain, ' ')
	case '\r': // a line broken in the file only
		if l.at < len(l.data) && l.data[l.at] == '\n' {
			l.at++
		}
		return plain
	case '\n':
		return plain
	}
	if c < '0' || c > '7' {
		return append(plain, c)
	}
	value := int(c - '0')
	for i := 0; i < 2 && l.at < len(l.data) && l.data[l.at] >= '0' && l.data[l.at] <= '7'; i++ {
		value = value*8 + int(l.data[l.at]-'0')
		l.at++
	}
	return append(plain, byte(value))
}
