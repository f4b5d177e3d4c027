package server

import (
	"mime"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFileNameIsSafeAndKeepsItsLetters(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		`transcript Zoë "Z" Quillfeather.txt`:               "transcript Zoë _Z_ Quillfeather.txt",
		"a\r\nSet-Cookie: evil=1.txt":                       "a Set-Cookie_ evil=1.txt",
		"Иван Петров.pdf":                                   "Иван Петров.pdf",
		"Ξένια 😀 王.txt":                                     "Ξένια 😀 王.txt",
		"../../etc/passwd\x00.txt":                          "_.._etc_passwd.txt",
		"invoice\u202etxt.exe.txt":                          "invoicetxt.exe.txt",
		"100%; a'b.txt":                                     "100__ a'b.txt",
		"  .hidden. .txt":                                   "hidden.txt",
		strings.Repeat("я", 200) + ".txt":                   strings.Repeat("я", 60) + ".txt",
		"transcript " + string([]byte{0xff, 0xfe}) + ".txt": "transcript.txt",
	} {
		w := httptest.NewRecorder()
		require.NoError(t, attachment{name: name, ascii: "transcript-1.txt", contentType: "text/plain"}.write(w))
		header := w.Header().Get("Content-Disposition")
		require.True(t, strings.HasPrefix(header, `attachment; filename="transcript-1.txt"; filename*=UTF-8''`), header)
		for _, c := range header {
			require.True(t, c >= ' ' && c <= '~', "%q", header)
		}
		// The standard library reads the last of two names; alone it must be the one that was meant.
		_, params, err := mime.ParseMediaType(strings.Replace(header, ` filename="transcript-1.txt";`, "", 1))
		require.NoError(t, err, header)
		require.Equal(t, want, params["filename"])
	}
}
