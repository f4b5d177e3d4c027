package reader_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-pdf/fpdf"
	"github.com/stretchr/testify/require"
)

// docxOf packs a document of Word: the body's XML, and styles whose ids are German, as Word's are there.
func docxOf(t testing.TB, body string) []byte {
	t.Helper()
	return zipOf(t, map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"word/styles.xml": `<w:styles xmlns:w="w"><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>` +
			`<w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style></w:styles>`,
		"word/document.xml": `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`,
	})
}

func zipOf(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "word/styles.xml", "word/document.xml", "xl/workbook.xml"} {
		if content, has := files[name]; has {
			f, err := w.Create(name)
			require.NoError(t, err)
			_, err = f.Write([]byte(content))
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func paragraph(style, text string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t>` + text + `</w:t></w:r></w:p>`
}

func wordTable(rows ...[]string) string {
	var b strings.Builder
	b.WriteString("<w:tbl>")
	for _, row := range rows {
		b.WriteString("<w:tr>")
		for _, cell := range row {
			b.WriteString("<w:tc>" + paragraph("", cell) + "</w:tc>")
		}
		b.WriteString("</w:tr>")
	}
	return b.String() + "</w:tbl>"
}

// pricePDF is a price list of that many pages, with letters in a font of its own.
func pricePDF(t testing.TB, pages int) []byte {
	t.Helper()
	p := fpdf.New("P", "pt", "A4", "")
	p.AddUTF8FontFromBytes("dejavu", "", dejavusans.TTF)
	for i := range pages {
		p.AddPage()
		p.SetFont("dejavu", "", 8)
		p.Text(40, 30, fmt.Sprintf("Quillford Dental, page %d", i+1))
		p.SetFont("dejavu", "", 20)
		p.Text(40, 80, fmt.Sprintf("Price list %c", 'A'+i%26))
		p.SetFont("dejavu", "", 11)
		p.Text(40, 120, "All prices are in euro and hold for adults and for children, unless the table says something else; they were")
		p.Text(40, 134, "last changed in May. Before every treatment of a hundred euro or more Dr Łucja Quillińska will ex-")
		p.Text(40, 148, "plain what insurers pay.")
		for j, row := range [][]string{{"Service", "Duration", "Price"}, {"Cleaning", "30 min", "€ 80"}, {"Zahnfüllung", "45 min", "€ 120"}} {
			for k, cell := range row {
				p.Text(40+160*float64(k), 190+16*float64(j), cell)
			}
		}
		p.Text(40, 260, "Crown "+strings.Repeat(".", 40)+" € 900")
	}
	var b bytes.Buffer
	require.NoError(t, p.Output(&b))
	return b.Bytes()
}

// rawPDF numbers objects from 1 on and leaves the table of objects away: readers must find them. The first is the catalogue.
func rawPDF(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, object := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	b.WriteString("trailer\n<</Root 1 0 R>>\n%%EOF\n")
	return b.Bytes()
}

// packed is a Flate stream.
func packed(entries string, content []byte) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(content) // a buffer takes everything
	_ = w.Close()
	return fmt.Sprintf("<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", entries, b.Len(), b.String())
}

// onePage is a PDF whose only page shows content, with more objects from number 5 on.
func onePage(resources, content string, more ...string) []byte {
	return rawPDF(append([]string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<<" + resources + "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
		packed("", []byte(content))}, more...)...)
}
