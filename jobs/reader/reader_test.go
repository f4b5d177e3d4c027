package reader_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/reader"
)

// read sniffs and reads a document under the default limits, and flattens it: "#1 heading", "= row", "paragraph".
func read(t testing.TB, name string, data []byte) []string {
	t.Helper()
	kind, err := reader.Sniff(name, data[:min(len(data), reader.HeadBytes)])
	require.NoError(t, err)
	pages, err := reader.Read(t.Context(), kind, bytes.NewReader(data), reader.DefaultLimits())
	require.NoError(t, err)
	return flat(pages)
}

func flat(pages []reader.Page) []string {
	var lines []string
	for _, p := range pages {
		for _, b := range p.Blocks {
			switch b.Kind {
			case reader.Heading:
				lines = append(lines, "#"+string(rune('0'+b.Level))+" "+b.Text)
			case reader.Row:
				lines = append(lines, "= "+b.Text)
			default:
				lines = append(lines, b.Text)
			}
		}
	}
	return lines
}

// refusal returns the code for which a document is refused.
func refusal(t testing.TB, name string, data []byte, limits reader.Limits) reader.Code {
	t.Helper()
	kind, err := reader.Sniff(name, data[:min(len(data), reader.HeadBytes)])
	if err == nil {
		_, err = reader.Read(t.Context(), kind, bytes.NewReader(data), limits)
	}
	require.Error(t, err)
	code, refused := reader.Refused(err)
	require.True(t, refused, err)
	return code
}

func TestPDF(t *testing.T) {
	t.Parallel()
	data := pricePDF(t, 3)
	pages, err := reader.Read(t.Context(), reader.PDF, bytes.NewReader(data), reader.DefaultLimits())
	require.NoError(t, err)
	require.Len(t, pages, 3)
	require.Equal(t, 2, pages[1].Number)
	require.Equal(t, []string{
		"#1 Price list B",
		"All prices are in euro and hold for adults and for children, unless the table says something else; they were " +
			"last changed in May. Before every treatment of a hundred euro or more Dr Łucja Quillińska will explain what insurers pay.",
		"= Service: Cleaning; Duration: 30 min; Price: € 80",
		"= Service: Zahnfüllung; Duration: 45 min; Price: € 120",
		"= Crown | € 900",
	}, flat(pages[1:2]), "the running head is gone")
}

func TestDOCX(t *testing.T) {
	t.Parallel()
	body := paragraph("berschrift1", "Price list") + paragraph("", "All prices in euro &amp; with tax.") + paragraph("berschrift2", "Hygiene") +
		wordTable([]string{"Service", "Price"}, []string{"Cleaning", "80"}, []string{"Deep cleaning", "120"}) +
		`<w:p><w:pPr><w:tabs><w:tab w:val="right"/></w:tabs></w:pPr><w:r><w:t>Crown</w:t><w:tab/><w:t>900</w:t></w:r></w:p>` +
		`<w:p><w:r><w:t xml:space="preserve">Not </w:t></w:r><w:del><w:r><w:delText>struck</w:delText></w:r></w:del><w:r><w:t>struck</w:t></w:r></w:p>`
	require.Equal(t, []string{"#1 Price list", "All prices in euro & with tax.", "#2 Hygiene", "= Service: Cleaning; Price: 80",
		"= Service: Deep cleaning; Price: 120", "= Crown | 900", "Not struck"}, read(t, "prices.docx", docxOf(t, body)))
}

func TestHTML(t *testing.T) {
	t.Parallel()
	page := `<!doctype html><html><head><title>x</title><style>p{}</style></head><body><script>alert("no")</script>
	<h1>Price <em>list</em></h1><p>All prices
	in&nbsp;euro&#58; fair.<br>Really.</p><div hidden>never <div>shown</div></div><h2>Hygiene</h2>
	<table><caption>From May</caption><tr><th></th><th>Price</th></tr><tr><td>Cleaning</td><td>80</td></tr><tr><td>Deep <b>cleaning</b>
	<td>120</table><ul><li>Cash<li>Card</ul></body></html>`
	want := []string{"#1 Price list", "All prices in euro: fair.\nReally.", "#2 Hygiene", "From May", "= Cleaning; Price: 80", "= Deep cleaning; Price: 120",
		"Cash", "Card"}
	require.Equal(t, want, read(t, "prices.html", []byte(page)))
	require.Equal(t, want, read(t, "prices.pdf", []byte(page)), "whatever it is called")
}

func TestCSV(t *testing.T) {
	t.Parallel()
	want := []string{"= Service: Cleaning; Price: 80", "= Service: Deep cleaning, both jaws; Price: 120; Note: lasts long"}
	require.Equal(t, want, read(t, "prices.csv", []byte("Service,Price,Note\nCleaning,80,\n\"Deep cleaning, both jaws\",120,\"lasts\nlong\"\n")))
	require.Equal(t, want, read(t, "prices.csv", []byte("\xef\xbb\xbfService;Price;Note\r\nCleaning;80;\r\nDeep cleaning, both jaws;120;lasts long\r\n")))
	require.Equal(t, []string{"= Cleaning | 80", "= Crown | 900"}, read(t, "prices.csv", []byte("Cleaning\t80\nCrown\t900\n")), "no heads")
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	text := "---\ndraft: true\n---\n# Price *list*\n\nAll **prices** in [euro](https://x).\nReally.\n\nHygiene\n-------\n\n" +
		"| Service | Price |\n|---|--:|\n| Cleaning | 80 |\n| Crown \\| bridge | 900 |\n\n- Cash\n- Card <!-- no cheques -->\n"
	require.Equal(t, []string{"#1 Price list", "All prices in euro.\nReally.", "#2 Hygiene", "= Service: Cleaning; Price: 80",
		"= Service: Crown | bridge; Price: 900", "Cash", "Card"}, read(t, "prices.md", []byte(text)))
}

func TestTextInEveryEncoding(t *testing.T) {
	t.Parallel()
	text := "PRICE LIST\n\nZahnfüllung ab 95 €\nKrone ab 900 €\n\nService\tPrice\nCleaning\t80\n"
	want := []string{"#2 PRICE LIST", "Zahnfüllung ab 95 €\nKrone ab 900 €", "= Service: Cleaning; Price: 80"}
	require.Equal(t, want, read(t, "prices.txt", []byte(text)))
	require.Equal(t, want, read(t, "prices.txt", []byte("\xef\xbb\xbf"+strings.ReplaceAll(text, "\n", "\r\n"))))
	require.Equal(t, want, read(t, "prices.txt", []byte(strings.NewReplacer("ü", "\xfc", "€", "\x80").Replace(text))), "Windows-1252")
	var little, big []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
		little = append(little, byte(u), byte(u>>8))
		big = append(big, byte(u>>8), byte(u))
	}
	require.Equal(t, want, read(t, "prices.txt", little))
	require.Equal(t, want, read(t, "prices.txt", big))
}

func TestDocumentsThatAreRefused(t *testing.T) {
	t.Parallel()
	limits := reader.DefaultLimits()
	scan := onePage("/XObject<</I 5 0 R>>", "q 600 0 0 800 0 0 cm /I Do Q", "<</Subtype/Image/Length 3>>\nstream\nabc\nendstream")
	encrypted := bytes.Replace(onePage("", "BT /F1 12 Tf (Cleaning) Tj ET"), []byte("/Root 1 0 R"), []byte("/Root 1 0 R/Encrypt 9 0 R"), 1)
	for name, c := range map[string]struct {
		file string
		data []byte
		want reader.Code
	}{
		"a scan":                {"scan.pdf", scan, reader.ImageOnly},
		"an encrypted PDF":      {"prices.pdf", encrypted, reader.Encrypted},
		"an encrypted DOCX":     {"prices.docx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"), reader.Encrypted},
		"an old DOC":            {"prices.doc", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"), reader.Unsupported},
		"half a PDF":            {"prices.pdf", []byte("%PDF-1.7\nnothing"), reader.Damaged},
		"half a DOCX":           {"prices.docx", docxOf(t, paragraph("", "Cleaning"))[:200], reader.Damaged},
		"broken XML":            {"prices.docx", docxOf(t, "<w:p><w:t>Cleaning"), reader.Damaged},
		"an entity of its own":  {"prices.docx", docxOf(t, "<w:p><w:t>&secret;</w:t></w:p>"), reader.Damaged},
		"a spreadsheet":         {"prices.xlsx", zipOf(t, map[string]string{"xl/workbook.xml": "<x/>"}), reader.Unsupported},
		"one called a DOCX":     {"prices.docx", zipOf(t, map[string]string{"xl/workbook.xml": "<x/>"}), reader.Unsupported},
		"a picture":             {"prices.pdf", []byte("\x89PNG\r\n\x1a\n"), reader.Unsupported},
		"a program":             {"prices.txt", []byte("\x7fELF\x02\x01"), reader.Unsupported},
		"text called something": {"prices.json", []byte(`{"Cleaning": 80}`), reader.Unsupported},
		"nothing":               {"prices.txt", nil, reader.Empty},
		"white space":           {"prices.md", []byte(" \n\n\t "), reader.Empty},
		"a page of nothing":     {"prices.html", []byte("<html><script>1</script></html>"), reader.Empty},
		"an empty PDF":          {"prices.pdf", onePage("", "q Q"), reader.Empty},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, refusal(t, c.file, c.data, limits))
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data   []byte
		file   string
		change func(*reader.Limits)
		want   reader.Code
	}{
		"bytes":    {[]byte("Cleaning 80"), "a.txt", func(l *reader.Limits) { l.Bytes = 10 }, reader.TooLarge},
		"text":     {[]byte("Cleaning 80"), "a.txt", func(l *reader.Limits) { l.Text = 10 }, reader.TooLarge},
		"pages":    {pricePDF(t, 3), "a.pdf", func(l *reader.Limits) { l.Pages = 2 }, reader.TooManyPages},
		"inflated": {pricePDF(t, 1), "a.pdf", func(l *reader.Limits) { l.Inflated = 1000 }, reader.TooLarge},
		"entries":  {docxOf(t, paragraph("", "x")), "a.docx", func(l *reader.Limits) { l.Entries = 2 }, reader.TooLarge},
		"unzipped": {docxOf(t, paragraph("", strings.Repeat("x", 9000))), "a.docx", func(l *reader.Limits) { l.Inflated = 8000 }, reader.TooLarge},
		"time":     {pricePDF(t, 1), "a.pdf", func(l *reader.Limits) { l.Time = time.Nanosecond }, reader.TookTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limits := reader.DefaultLimits()
			c.change(&limits)
			require.Equal(t, c.want, refusal(t, c.file, c.data, limits))
		})
	}
}

func TestTroublesThatAreNotTheDocumentsAreNoRefusals(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := reader.Read(ctx, reader.PDF, bytes.NewReader(pricePDF(t, 1)), reader.DefaultLimits())
	require.ErrorIs(t, err, context.Canceled)
	_, refused := reader.Refused(err)
	require.False(t, refused)
	broken := errors.New("the storage hung up")
	_, err = reader.Read(t.Context(), reader.Text, io.MultiReader(strings.NewReader("Clean"), iotest.ErrReader(broken)), reader.DefaultLimits())
	require.ErrorIs(t, err, broken)
	_, refused = reader.Refused(err)
	require.False(t, refused)
}

func TestEveryCodeHasASentenceOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, code := range reader.Codes() {
		sentence := code.Sentence()
		require.False(t, seen[sentence], code)
		require.True(t, strings.HasSuffix(sentence, "."))
		seen[sentence] = true
	}
}
