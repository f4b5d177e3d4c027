package reader_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/voxanne-ai/voxanne/jobs/reader"
)

// FuzzRead: whatever comes under whatever name, it is refused with a code or comes out in the form that Block promises.
func FuzzRead(f *testing.F) {
	f.Add("a.docx", docxOf(f, paragraph("berschrift1", "Price list")+wordTable([]string{"Service", "Price"}, []string{"Cleaning", "80"})))
	f.Add("a.pdf", onePage("", "BT /F1 12 Tf 50 700 Td (Cleaning) Tj ET"))
	f.Add("a.html", []byte("<html><h1>Prices</h1><table><tr><th>a<th>b<tr><td>1<td><table><tr><td>2</table></table><li hidden>x<svg><p></svg>"))
	f.Add("a.csv", []byte("Service;Price\n\"Clean\"\"ing\n\";80\n"))
	f.Add("a.md", []byte("---\n---\n# A\nb\n---\n|a|b|\n|-|-|\n|1|2|\n```\nx\n"))
	f.Add("a.txt", []byte("\xff\xfeA\x00\n\x00"))
	f.Add("a", []byte("PRICES\n\na\tb\n\xe9"))
	for _, name := range []string{"cairo-hebrew.pdf", "cairo-poster.pdf", "groff-leaflet.pdf", "chromium-arabic.pdf", "libreoffice-allergy.docx", "pandoc-travel.docx",
		"libreoffice-pharmacy.html", "pandoc-policy.html", "services-semicolon.csv", "hours-utf16.csv", "blood.md", "datenschutz-windows1252.txt"} {
		data, err := os.ReadFile("testdata/documents/" + name)
		require.NoError(f, err)
		f.Add(name, data)
	}
	f.Add("a.txt", []byte("\u200f\ufefb \ufdfa \ufb1d\u05b4 \ufb03"))
	limits := reader.Limits{Bytes: 1 << 16, Inflated: 1 << 20, Entries: 10, Pages: 10, Text: 1 << 17, Time: 5 * time.Second}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		kind, err := reader.Sniff(name, data[:min(len(data), reader.HeadBytes)])
		var pages []reader.Page
		if err == nil {
			pages, err = reader.Read(context.Background(), kind, bytes.NewReader(data), limits)
		}
		if err != nil {
			code, refused := reader.Refused(err)
			require.True(t, refused, err)
			require.Contains(t, reader.Codes(), code)
			require.NotContains(t, err.Error(), "panic")
			return
		}
		for _, p := range pages {
			for _, b := range p.Blocks {
				require.True(t, utf8.ValidString(b.Text))
				require.True(t, norm.NFC.IsNormalString(b.Text), "%q", b.Text)
				require.Equal(t, strings.TrimSpace(b.Text), b.Text)
				require.NotEmpty(t, b.Text)
				require.NotContains(t, b.Text, "  ")
				require.Equal(t, b.Kind == reader.Heading, b.Level > 0)
				require.LessOrEqual(t, b.Level, 6)
			}
		}
	})
}
