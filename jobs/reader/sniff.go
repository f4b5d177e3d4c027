package reader

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"
)

// HeadBytes is how much of a file [Sniff] wants to see.
const HeadBytes = 4096

// foreign are the first bytes of files that are often uploaded and never read.
var foreign = []string{"\x89PNG", "\xff\xd8\xff", "GIF8", "{\\rtf", "RIFF", "\x1f\x8b", "7z\xbc\xaf", "Rar!", "MZ", "\x7fELF"}

// Sniff tells a file's kind from its first [HeadBytes] bytes. The name decides only among formats that are all plain text; what
// the browser calls the file counts for nothing.
//
// Errors: a [*Refusal]: empty, unsupported_type, or encrypted for Word files under a password, which are no archives any more.
func Sniff(name string, head []byte) (Kind, error) {
	extension := strings.ToLower(path.Ext(name))
	start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(start) == 0:
		return "", refuse(Empty, nil)
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")): // readers allow rubbish before it
		return PDF, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		if extension == ".docx" || bytes.Contains(head, []byte("word/")) {
			return DOCX, nil
		}
		return "", refuse(Unsupported, nil)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		if extension == ".docx" {
			return "", refuse(Encrypted, nil)
		}
		return "", refuse(Unsupported, nil)
	}
	for _, magic := range foreign {
		if bytes.HasPrefix(head, []byte(magic)) {
			return "", refuse(Unsupported, nil)
		}
	}
	if !looksLikeText(head) {
		return "", refuse(Unsupported, nil)
	}
	return sniffText(extension, start)
}

// looksLikeText refuses nought bytes, unless a mark says that they belong to UTF-16, and control characters that no text has.
func looksLikeText(head []byte) bool {
	if hasWideMark(head) {
		return true
	}
	strange := 0
	for _, c := range head {
		if c == 0 {
			return false
		}
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' {
			strange++
		}
	}
	return strange*50 <= len(head)
}

func hasWideMark(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
}

func sniffText(extension string, start []byte) (Kind, error) {
	lower := bytes.ToLower(start[:min(len(start), 256)])
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body"} {
		if bytes.HasPrefix(lower, []byte(tag)) {
			return HTML, nil
		}
	}
	switch extension {
	case ".html", ".htm", ".xhtml":
		return HTML, nil
	case ".csv", ".tsv":
		return CSV, nil
	case ".md", ".markdown":
		return Markdown, nil
	case ".txt", ".text":
		return Text, nil
	case "":
		if utf8.Valid(start[:max(0, len(start)-utf8.UTFMax)]) {
			return Text, nil
		}
	}
	return "", refuse(Unsupported, nil)
}
