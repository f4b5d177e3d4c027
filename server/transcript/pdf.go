package transcript

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"codeberg.org/go-fonts/dejavu/dejavusans"
	"codeberg.org/go-fonts/dejavu/dejavusansbold"
	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
)

// Measures of a page: millimetres, and points for letters.
const (
	margin     = 20
	clockWidth = 20
	factWidth  = 32
	lineHeight = 5.5
	big, body  = 16, 10
	small      = 8

	longestSpeaker = 30 // letters
	family         = "DejaVu"
	missing        = '□' // in place of what the font cannot show
	// pages stands for their number until that is known. oneLine leaves no such joiners in anybody's words.
	pages = "\u2060pages\u2060"
	note  = "Characters that cannot be printed here are shown as □. The text export has them."
)

// Printer writes documents as PDF. It is safe for concurrent use.
type Printer struct{ font *sfnt.Font }

// NewPrinter reads the embedded font. An error means that the binary is broken.
func NewPrinter() (*Printer, error) {
	font, err := sfnt.Parse(dejavusans.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	return &Printer{font}, nil
}

// WritePDF writes the document as a PDF with the letters that it uses. Scripts that are written from right to left or
// that the font lacks are shown as □, with a note that says so.
func (p *Printer) WritePDF(w io.Writer, d Document) error {
	page := &page{Fpdf: fpdf.New("P", "mm", paper(d.Country), ""), font: p.font}
	page.AddUTF8FontFromBytes(family, "", dejavusans.TTF)
	page.AddUTF8FontFromBytes(family, "B", dejavusansbold.TTF)
	page.SetMargins(margin, margin, margin)
	page.SetAutoPageBreak(true, margin+lineHeight)
	page.SetTitle(title, true)
	page.SetProducer("Voxanne", true)
	page.SetCreationDate(d.Made)
	page.SetModificationDate(d.Made)
	page.AliasNbPages(pages)
	page.SetFooterFunc(func() { page.foot(d) })
	page.AddPage()
	page.head(d)
	for _, turn := range d.Turns {
		page.turn(turn)
	}
	if page.lacks {
		page.Ln(lineHeight)
		page.letters("", small, gray)
		page.paragraph(lineHeight, 0, note)
	}
	if err := page.Output(w); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

// paper is what printers of a country hold.
func paper(country string) string {
	switch country {
	case "US", "CA", "MX", "PH", "CO", "CL":
		return "Letter"
	}
	return "A4"
}

// page is a PDF while it is written.
type page struct {
	*fpdf.Fpdf
	font   *sfnt.Font
	buffer sfnt.Buffer
	lacks  bool // something could not be shown
}

// Shades of gray, 0 is black.
const (
	black = 0
	gray  = 110
)

func (p *page) letters(style string, size float64, shade int) {
	p.SetFont(family, style, size)
	p.SetTextColor(shade, shade, shade)
}

// head writes whose call it was, and what is known of it.
func (p *page) head(d Document) {
	p.letters("B", big, black)
	p.paragraph(8, 0, d.Clinic)
	p.letters("", body+1, gray)
	p.paragraph(7, 0, title)
	p.Ln(3)
	for _, fact := range d.facts() {
		p.letters("", body, gray)
		p.CellFormat(factWidth, lineHeight, fact.Name, "", 0, "L", false, 0, "")
		p.letters("", body, black)
		p.paragraph(lineHeight, factWidth, fact.Value)
	}
	p.Ln(3)
	p.letters("", small, gray)
	p.CellFormat(0, lineHeight, privacy, "B", 1, "L", false, 0, "")
	p.Ln(4)
}

// turn writes one paragraph, indented beside its time.
func (p *page) turn(t Turn) {
	p.letters("", small, gray)
	p.CellFormat(clockWidth, lineHeight, strings.Trim(t.clock(), "[] "), "", 0, "L", false, 0, "")
	p.letters("B", body, black)
	speaker := []rune(p.shown(t.speaker()))
	label := string(speaker[:min(len(speaker), longestSpeaker)]) + ": "
	p.CellFormat(p.GetStringWidth(label), lineHeight, label, "", 0, "L", false, 0, "")
	p.letters("", body, black)
	p.paragraph(lineHeight, clockWidth, t.Text)
	p.Ln(1.5)
}

// paragraph writes text from where the pen is, in lines of a height, the next ones indented. It ends at the beginning of
// a line. The library's own way takes a minute for a word of a hundred thousand letters.
func (p *page) paragraph(height, indent float64, text string) {
	const cell = 2 // a cell keeps a millimetre on each side
	width, _ := p.GetPageSize()
	room := width - margin - p.GetX() - cell
	for _, line := range p.wrapped(p.shown(oneLine(text)), room, width-2*margin-indent-cell) {
		p.CellFormat(0, height, line, "", 1, "L", false, 0, "")
		p.SetX(margin + indent)
	}
	p.SetX(margin)
}

// wrapped breaks text into lines at blanks, and within words that are longer than a line. first is the room in the first
// line, rest in the others; both hold a letter.
func (p *page) wrapped(text string, first, rest float64) []string {
	var lines []string
	line, used, room := "", 0.0, first
	next := func() { lines, line, used, room = append(lines, line), "", 0, rest }
	for word := range strings.FieldsSeq(text) {
		width := p.GetStringWidth(word)
		if line != "" && used+width+p.GetStringWidth(" ") > room {
			next()
		} else if line != "" {
			line, used = line+" ", used+p.GetStringWidth(" ")
		}
		if used+width <= room {
			line, used = line+word, used+width
			continue
		}
		for _, r := range word {
			width := p.GetStringWidth(string(r))
			if used+width > room {
				next()
			}
			line, used = line+string(r), used+width
		}
	}
	return append(lines, line)
}

// foot says on every page what it belongs to.
func (p *page) foot(d Document) {
	p.SetXY(margin, -margin+lineHeight) // wherever a paragraph that goes on was indented to
	p.letters("", small, gray)
	p.CellFormat(0, lineHeight, p.shown(oneLine(d.Clinic))+" · "+d.ID, "", 0, "L", false, 0, "")
	p.SetX(margin)
	p.CellFormat(0, lineHeight, fmt.Sprintf("%d / %s", p.PageNo(), pages), "", 0, "R", false, 0, "")
}

// shown replaces what the font cannot show. The library handles no characters beyond 16 bits at all, and would print
// Hebrew and Arabic from left to right.
func (p *page) shown(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r) {
			return -1
		}
		if r <= 0xffff && !unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko) {
			if glyph, err := p.font.GlyphIndex(&p.buffer, r); err == nil && glyph != 0 {
				return r
			}
		}
		p.lacks = true
		return missing
	}, s)
}
