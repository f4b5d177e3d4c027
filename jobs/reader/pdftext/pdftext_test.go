package pdftext

import (
	"bytes"
	"compress/lzw"
	"compress/zlib"
	"context"
	"encoding/ascii85"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func testLimits() Limits {
	return Limits{Pages: 100, Inflated: 10 << 20, Steps: 1_000_000, Glyphs: 1_000_000}
}

// pdf numbers objects from 1 on, the catalogue first, without a table of objects.
func pdf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, object := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	return b.Bytes()
}

func streamOf(entries, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", entries, len(content), content)
}

// page is a PDF whose only page shows content in the font.
func page(font, content string, more ...string) []byte {
	return pdf(append([]string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Resources<</Font<</F1 " + font + ">>>>>>",
		"<</Type/Page/Contents 4 0 R>>", streamOf("", content)}, more...)...)
}

const helvetica = "<</Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"

// shownBy returns the lines of a file's pages, cells parted by bars.
func shownBy(t testing.TB, data []byte) []string {
	t.Helper()
	pages, err := Read(context.Background(), data, testLimits())
	require.NoError(t, err)
	var shown []string
	for _, p := range pages {
		for _, l := range p.Lines {
			shown = append(shown, strings.Join(l.Cells, " | "))
		}
	}
	return shown
}

func TestOperatorsPlaceText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content string
		want    []string
	}{
		"moves":          {"/F1 12 Tf 50 700 Td (Cleaning) Tj 0 -20 Td (Crown) Tj", []string{"Cleaning", "Crown"}},
		"next lines":     {"/F1 12 Tf 14 TL 50 700 Td (Cleaning) Tj T* (Crown) Tj (Bridge) '", []string{"Cleaning", "Crown", "Bridge"}},
		"kerning":        {"/F1 12 Tf 50 700 Td [(Clea) 30 (ning) -300 (80)] TJ", []string{"Cleaning 80"}},
		"columns":        {"/F1 12 Tf 1 0 0 1 300 700 Tm (80) Tj 1 0 0 1 50 700 Tm (Cleaning) Tj", []string{"Cleaning | 80"}},
		"leader dots":    {"/F1 12 Tf 50 700 Td (Cleaning ............. 80) Tj", []string{"Cleaning | 80"}},
		"spaced dots":    {"/F1 12 Tf 50 700 Td (Cleaning . . . . . . 80) Tj", []string{"Cleaning | 80"}},
		"escapes":        {`/F1 12 Tf 50 700 Td (\(Clean\)\040\151ng \200 80 \\) Tj`, []string{`(Clean) ing € 80 \`}},
		"hexadecimal":    {"/F1 12 Tf 50 700 Td <436C65616E> Tj", []string{"Clean"}},
		"a scaled page":  {"0.1 0 0 0.1 0 0 cm /F1 120 Tf 500 7000 Td (Cleaning) Tj", []string{"Cleaning"}},
		"written twice":  {"/F1 12 Tf 50 700 Td (Clean) Tj -0.3 0 Td (Clean) Tj", []string{"Clean"}},
		"a watermark":    {"/F1 12 Tf 50 700 Td (Clean) Tj 0.7 0.7 -0.7 0.7 90 90 Tm (DRAFT) Tj", []string{"Clean"}},
		"wrong widths":   {"/F1 12 Tf 50 700 Td (wwwwwwww) Tj 20 0 Td (iiii) Tj", []string{"wwwwwwwwiiii"}},
		"turned":         {"/F1 12 Tf 0 1 -1 0 90 90 Tm (Cleaning) Tj 0 -20 Td (80) Tj", []string{"Cleaning", "80"}},
		"upside down":    {"/F1 12 Tf -1 0 0 -1 90 90 Tm (Cleaning) Tj", []string{"Cleaning"}},
		"a picture":      {"BI /W 1 /H 1 ID \x00EI\xff EI /F1 12 Tf 50 700 Td (Clean) Tj", []string{"Clean"}},
		"states":         {"q /F1 12 Tf 2 0 0 2 0 0 cm Q /F1 12 Tf 50 700 Td (Clean) Tj", []string{"Clean"}},
		"word spacing":   {"/F1 12 Tf 40 Tw 50 700 Td (a b c) Tj", []string{"a b c"}},
		"broken numbers": {"/F1 12 Tf --5 1.2.3 Td 50 700 Td (Clean) Tj )>>]", []string{"Clean"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, shownBy(t, page(helvetica, "BT "+c.content+" ET")))
		})
	}
}

func TestFontsSayTheirLetters(t *testing.T) {
	t.Parallel()
	table := streamOf("", "1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <0043> <0002> <00660069> endbfchar "+
		"2 beginbfrange <0010> <0012> <0061> <0020> <0021> [<20AC> <0038>] endbfrange")
	for name, c := range map[string]struct{ font, content, want string }{
		"its own table": {"5 0 R", "<00010002001000110012> Tj <00200021> Tj", "Cfiabc€8"},
		"differences": {"<</Subtype/Type1/Encoding<</Differences[65/eacute/Scaron/Euro/uni20AC/fi 97/unknown]>>>>",
			"(ABCDE) Tj", "éŠ€€fi"},
		"a simple font with a table for two bytes": {"<</Subtype/Type1/Encoding/WinAnsiEncoding/ToUnicode 6 0 R>>", "(Clean) Tj", "Clean"},
		"standard":      {"<</Subtype/Type1/BaseFont/Times>>", "(\\256\\247\\341') Tj", "ﬁ§Æ’"},
		"Macintosh":     {"<</Subtype/TrueType/Encoding/MacRomanEncoding>>", "(\\216\\333) Tj", "é€"},
		"Windows":       {"<</Subtype/TrueType>>", "(\\351\\200) Tj", "é€"},
		"UCS2 by name":  {"<</Subtype/Type0/Encoding/UniJIS-UCS2-H/DescendantFonts[<<>>]>>", "<6B6F> Tj", "歯"},
		"a Type 3 font": {"<</Subtype/Type3/FontMatrix[0.01 0 0 0.01 0 0]/FirstChar 65/Widths[50 50]/Encoding<</Differences[65/C/h]>>>>", "(AB) Tj", "Ch"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := page(c.font, "BT /F1 12 Tf 50 700 Td "+c.content+" ET", "<</Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[<</DW 500>>]>>", table)
			require.Equal(t, []string{c.want}, shownBy(t, data))
		})
	}
	pages, err := Read(t.Context(), page("<</Subtype/Type0/Encoding/Identity-H>>", "BT /F1 12 Tf <00010002> Tj ET"), testLimits())
	require.NoError(t, err)
	require.Equal(t, 2, pages[0].Unknown)
}

func TestFilters(t *testing.T) {
	t.Parallel()
	content := "BT /F1 12 Tf 50 700 Td (Cleaning) Tj ET " + strings.Repeat("q Q ", 300)
	var flat, tiff, a85 bytes.Buffer
	z := zlib.NewWriter(&flat)
	_, _ = z.Write([]byte(content))
	require.NoError(t, z.Close())
	l := lzw.NewWriter(&tiff, lzw.MSB, 8)
	_, _ = l.Write([]byte("BT /F1 12 Tf 50 700 Td (Cleaning) Tj ET")) // short: the two ways of LZW are the same up to 511 codes
	require.NoError(t, l.Close())
	e := ascii85.NewEncoder(&a85)
	_, _ = e.Write(flat.Bytes())
	require.NoError(t, e.Close())
	for filter, packed := range map[string]string{
		"/FlateDecode": flat.String(), "[/FlateDecode]": flat.String(), "/LZWDecode": tiff.String(), "[/A85 /Fl]": "<~" + a85.String() + "~>",
		"/ASCIIHexDecode": hex.EncodeToString([]byte(content)) + ">", "/RunLengthDecode": "\x27BT /F1 12 Tf 50 700 Td (Cleaning) Tj ET \xff \x80",
		"/FlateDecode ": flat.String()[:flat.Len()-9], // cut off
	} {
		data := pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Resources<</Font<</F1 "+helvetica+">>>>>>",
			"<</Type/Page/Contents 4 0 R>>", streamOf("/Filter"+filter, packed))
		require.Equal(t, []string{"Cleaning"}, shownBy(t, data), filter)
	}
}

// packedFile has its objects in a stream and its table in another, with PNG's differences, as programs of our days write it.
func packedFile(t *testing.T) []byte {
	t.Helper()
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Resources<</Font<</F1 " + helvetica + ">>>>>>",
		"<</Type/Page/Contents 4 0 R>>"}
	var head, body, file bytes.Buffer
	for i, object := range objects {
		fmt.Fprintf(&head, "%d %d ", i+1, body.Len())
		body.WriteString(object + " ")
	}
	file.WriteString("%PDF-1.7\n")
	contentAt := file.Len()
	file.WriteString("4 0 obj\n" + streamOf("", "BT /F1 12 Tf 50 700 Td (Cleaning) Tj ET") + "\nendobj\n")
	packedAt := file.Len()
	file.WriteString("5 0 obj\n" + streamOf(fmt.Sprintf("/Type/ObjStm/N 3/First %d", head.Len()), head.String()+body.String()) + "\nendobj\n")
	tableAt := file.Len()
	rows := [][4]int{{0, 0, 0}, {2, 5, 0}, {2, 5, 1}, {2, 5, 2}, {1, contentAt, 0}, {1, packedAt, 0}, {1, tableAt, 0}}
	var table bytes.Buffer
	before := make([]byte, 4)
	for _, row := range rows {
		current := []byte{byte(row[0]), 0, 0, byte(row[2])}
		binary.BigEndian.PutUint16(current[1:], uint16(row[1]))
		table.WriteByte(2) // up
		for i, b := range current {
			table.WriteByte(b - before[i])
		}
		before = current
	}
	var flat bytes.Buffer
	z := zlib.NewWriter(&flat)
	_, _ = z.Write(table.Bytes())
	require.NoError(t, z.Close())
	file.WriteString("6 0 obj\n" + streamOf("/Type/XRef/Size 7/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>", flat.String()) +
		fmt.Sprintf("\nendobj\nstartxref\n%d\n%%%%EOF", tableAt))
	return file.Bytes()
}

func TestPackedTablesAndObjects(t *testing.T) {
	t.Parallel()
	data := packedFile(t)
	require.Equal(t, []string{"Cleaning"}, shownBy(t, data))
	f, err := open(t.Context(), data, testLimits())
	require.NoError(t, err)
	require.False(t, f.rebuilt, "through its table")
	wrong := bytes.Replace(data, []byte("startxref\n"), []byte("startxref\n1"), 1)
	require.Equal(t, []string{"Cleaning"}, shownBy(t, wrong), "without its table")
	require.Equal(t, []string{"Cleaning"}, shownBy(t, append([]byte("%PDF-1.7\n%some line that moves all offsets\n"), data[9:]...)))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	good := page(helvetica, "BT /F1 12 Tf (Cleaning) Tj ET")
	for name, c := range map[string]struct {
		data   []byte
		change func(*Limits)
		want   error
	}{
		"nothing":   {[]byte("%PDF-1.7"), nil, ErrDamaged},
		"no pages":  {pdf("<</Type/Catalog>>"), nil, ErrDamaged},
		"encrypted": {append(good, "trailer<</Root 1 0 R/Encrypt<<>>>>"...), nil, ErrEncrypted},
		"pages":     {good, func(l *Limits) { l.Pages = 0 }, ErrPages},
		"steps":     {good, func(l *Limits) { l.Steps = 2 }, ErrTooMuch},
		"letters":   {good, func(l *Limits) { l.Glyphs = 3 }, ErrTooMuch},
	} {
		limits := testLimits()
		if c.change != nil {
			c.change(&limits)
		}
		_, err := Read(t.Context(), c.data, limits)
		require.ErrorIs(t, err, c.want, name)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Read(ended, good, testLimits())
	require.ErrorIs(t, err, context.Canceled)
}

// FuzzRead: whatever comes, the reader returns in time and never panics (Read turns panics into errors that say so).
func FuzzRead(f *testing.F) {
	f.Add(page(helvetica, "BT /F1 12 Tf 50 700 Td [(Clea) 30 (ning)] TJ ET"))
	f.Add(pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Kids[2 0 R 3 0 R]>>", "<</Type/Page/Contents[4 0 R 4 0 R]>>", streamOf("/Filter/LZWDecode", "\x80\x0b")))
	f.Add([]byte("%PDF-1.7\nxref\n0 2\n0000000000 65535 f\n0000000009 00000 n\ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF"))
	f.Add([]byte("%PDF-1.7\n1 0 obj<</Type/XRef/W[1 2 1]/Size 9/Length 8>>stream\n\x01\x00\x09\x00\x02\x00\x01\x00\nendstream endobj\nstartxref\n9\n"))
	var columns sheet
	for i := range leftProse {
		columns.put(50, 680-12*float64(i), leftProse[i])
		columns.put(275, 685-12*float64(i), rightProse[i])
	}
	f.Add(page(helvetica, "BT /F1 10 Tf "+columns.content.String()+" ET"))
	f.Add(page("<</Subtype/Type0/Encoding/UniJIS-UCS2-H/DescendantFonts[<<>>]>>", "BT /F1 12 Tf 50 700 Td <05DD05D505DC05E9002000340032> Tj ET"))
	f.Fuzz(func(t *testing.T, data []byte) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		began := time.Now()
		_, err := Read(ctx, data, Limits{Pages: 20, Inflated: 1 << 20, Steps: 20_000, Glyphs: 20_000})
		require.Less(t, time.Since(began), 10*time.Second)
		if err != nil {
			require.NotContains(t, err.Error(), "panic")
		}
	})
}
