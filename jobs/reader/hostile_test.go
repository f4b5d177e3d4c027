package reader_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/reader"
)

// quickly is how long a hostile document may take in this process; a loaded machine is slow.
const quickly = time.Minute

func TestHostileDocumentsEndQuickly(t *testing.T) {
	t.Parallel()
	hello := "BT /F1 12 Tf (Cleaning costs 80 euro) Tj ET "
	for name, c := range map[string]struct {
		file string
		data func() []byte
		want reader.Code // "": it is read
	}{
		"a bomb in a page": {"a.pdf", func() []byte { return onePage("", strings.Repeat(" ", 110<<20)) }, reader.TooLarge},
		"a bomb in a DOCX": {"a.docx", func() []byte { return docxOf(t, strings.Repeat("<w:p/>", 3<<20)) }, reader.TooLarge},
		"forms that draw forms": {"a.pdf", func() []byte {
			forms := []string{}
			for i := range 11 {
				forms = append(forms, packed(fmt.Sprintf("/Subtype/Form/Resources<</XObject<</X %d 0 R>>>>", 6+i), []byte(strings.Repeat("/X Do ", 30))))
			}
			return onePage("/XObject<</X 5 0 R>>", hello+"/X Do", append(forms, packed("/Subtype/Form", []byte("q Q")))...)
		}, reader.TooLarge},
		"a form that draws itself": {"a.pdf", func() []byte {
			return onePage("/XObject<</X 5 0 R>>", hello+"/X Do", packed("/Subtype/Form/Resources<</XObject<</X 5 0 R>>>>", []byte("/X Do")))
		}, ""},
		"a tree of pages that is a ring": {"a.pdf", func() []byte {
			return rawPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R 3 0 R]>>", "<</Type/Pages/Kids[2 0 R]>>")
		}, reader.Damaged},
		"lengths that need each other": {"a.pdf", func() []byte {
			return rawPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Length 3 0 R>>\nstream\nx\nendstream", "<</Length 2 0 R>>\nstream\nx\nendstream")
		}, reader.Damaged},
		"a chain of lengths": {"a.pdf", func() []byte {
			var objects []string
			for i := range 20_000 {
				objects = append(objects, fmt.Sprintf("<</Length %d 0 R>>\nstream\nx\nendstream", i+2))
			}
			return rawPDF(objects...)
		}, reader.Damaged},
		"arrays in arrays": {"a.pdf", func() []byte {
			return rawPDF("<</Type/Catalog/Pages "+strings.Repeat("[", 5<<20)+">>", strings.Repeat("<<", 5<<20))
		}, reader.Damaged},
		"a table of objects that goes on": {"a.pdf", func() []byte {
			return []byte("%PDF-1.7\nxref\n0 999999999999\n0000000000 65535 f\ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF")
		}, reader.Damaged},
		"a table of nothing": {"a.pdf", func() []byte {
			return []byte("%PDF-1.7\n1 0 obj<</Type/XRef/W[0 0 0]/Size 99999999/Length 1>>stream\nx\nendstream endobj\nstartxref\n9\n%%EOF")
		}, reader.Damaged},
		"a million objects":  {"a.pdf", func() []byte { return []byte("%PDF-1.7\n" + strings.Repeat("1 0 obj[ ", 1<<20)) }, reader.Damaged},
		"a million trailers": {"a.pdf", func() []byte { return []byte("%PDF-1.7\n" + strings.Repeat("trailer<</A 1 ", 1<<18)) }, reader.Damaged},
		"pages without end": {"a.pdf", func() []byte {
			return rawPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids["+strings.Repeat("<</Type/Page>>", 1<<18)+"]>>")
		}, reader.TooManyPages},
		"widths without end": {"a.pdf", func() []byte {
			return rawPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]>>", "<</Type/Page/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
				packed("", []byte(hello)), "<</Subtype/Type0/DescendantFonts[<</W["+strings.Repeat("0 65535 1 ", 1<<18)+"]>>]>>")
		}, reader.ImageOnly},
		"elements in elements": {"a.html", func() []byte { return []byte("<html><p>Cleaning" + strings.Repeat("<div><table><tr><td>", 1<<18)) }, ""},
		"formatting in formatting": {"a.html", func() []byte {
			return []byte("<html>Cleaning" + strings.Repeat("<a><b><i><p>", 1<<18))
		}, ""},
		"a long attribute": {"a.html", func() []byte { return []byte("<html><p title='" + strings.Repeat("x", 8<<20)) }, reader.TooLarge},
		"XML in XML": {"a.docx", func() []byte {
			return docxOf(t, "<w:p><w:r><w:t>Cleaning</w:t></w:r></w:p>"+strings.Repeat("<x>", 1<<20))
		}, reader.Damaged},
		"a quote without end": {"a.csv", func() []byte { return []byte("a,b\n\"" + strings.Repeat("x,\n", 3<<20)) }, reader.TooLarge},
		"a cell a byte":       {"a.csv", func() []byte { return bytes.Repeat([]byte(","), 2<<20) }, reader.Empty},
		"marks in marks":      {"a.md", func() []byte { return []byte(strings.Repeat("[*_", 1<<18)) }, ""},
		"accents on accents":  {"a.txt", func() []byte { return []byte("e" + strings.Repeat("\u0301\u0323", 1<<20)) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			data := c.data()
			kind, err := reader.Sniff(c.file, data[:min(len(data), reader.HeadBytes)])
			require.NoError(t, err)
			limits := reader.DefaultLimits()
			limits.Time = quickly // whatever ends it sooner is what is tested
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			_, err = reader.Read(t.Context(), kind, bytes.NewReader(data), limits)
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			t.Logf("%s after %s, %d MB allocated: %v", name, took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, err)
			require.Less(t, took, quickly)
			code, _ := reader.Refused(err)
			require.Equal(t, c.want, code, err)
		})
	}
}
