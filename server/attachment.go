package server

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

// maxFileName is how many letters of a name are kept; with four bytes each it stays under the 255 bytes of file systems.
const maxFileName = 60

// attachment is a file to be saved.
type attachment struct {
	contentType string
	name        string // any text; made safe
	ascii       string // for clients that do not know RFC 5987: letters, digits, - and . only
	body        []byte
}

// VisitExportTranscriptResponse writes the file.
func (a attachment) VisitExportTranscriptResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitDownloadExportResponse writes the file.
func (a attachment) VisitDownloadExportResponse(w http.ResponseWriter) error { return a.write(w) }

func (a attachment) write(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Content-Disposition", disposition("attachment", a.ascii, a.name))
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("Cache-Control", noStore)
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(a.body) // a client that has gone away cannot be told
	return nil
}

// disposition is the header that names a file (RFC 6266): way is attachment for one to be saved, inline for one to be
// shown. The name stands in ASCII for old browsers, and as it is in UTF-8 (RFC 5987), which comes before it where it is
// understood.
func disposition(way, ascii, name string) string {
	return fmt.Sprintf(`%s; filename="%s"; filename*=UTF-8''%s`, way, ascii, percent(fileName(name)))
}

// fileName is name without what a file's name cannot hold, or what would show it as another: separators, quotes,
// control characters, marks that turn the direction of writing. The ending stays when it is shortened.
func fileName(name string) string {
	var ending string
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		name, ending = name[:dot], name[dot:]
	}
	safe := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs), r == unicode.ReplacementChar:
			return -1
		case strings.ContainsRune(`/\:*?"<>|;%`, r):
			return '_'
		}
		return r
	}, name)
	letters := []rune(strings.Join(strings.Fields(safe), " "))
	return strings.Trim(string(letters[:min(len(letters), maxFileName)]), " .") + ending
}

// percent writes what is no attr-char of RFC 5987 as bytes in hexadecimal.
func percent(name string) string {
	var encoded strings.Builder
	for _, c := range []byte(name) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			encoded.WriteByte(c)
		} else {
			fmt.Fprintf(&encoded, "%%%02X", c)
		}
	}
	return encoded.String()
}
