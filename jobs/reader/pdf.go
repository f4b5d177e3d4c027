package reader

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/voxanne-ai/voxanne/jobs/reader/pdftext"
)

// What one PDF may need beside [Limits]: ten times what the largest catalogue tried did.
const (
	pdfSteps  = 30_000_000
	pdfGlyphs = 10_000_000
)

// readPDF reads the pages and guesses what their lines are: a PDF knows letters and places only.
func readPDF(ctx context.Context, data []byte, limits Limits) ([]Page, error) {
	if start := bytes.Index(data[:min(len(data), 1024)], []byte("%PDF-")); start > 0 {
		data = data[start:] // offsets count from the mark
	}
	read, err := pdftext.Read(ctx, data, pdftext.Limits{
		Pages: limits.Pages, Inflated: limits.Inflated, Steps: pdfSteps, Glyphs: pdfGlyphs})
	switch {
	case errors.Is(err, pdftext.ErrEncrypted):
		return nil, refuse(Encrypted, nil)
	case errors.Is(err, pdftext.ErrPages):
		return nil, refuse(TooManyPages, nil)
	case errors.Is(err, pdftext.ErrTooMuch):
		return nil, refuse(TooLarge, nil)
	case err != nil:
		return nil, refuse(Damaged, err)
	}
	if !legible(read) {
		return nil, refuse(ImageOnly, nil)
	}
	dropRepeated(read)
	sizes := sizesOf(read)
	var pages []Page
	left := limits.Text
	for i, p := range read {
		d := &document{ctx: ctx, left: left}
		if err := d.addLines(p.Lines, sizes); err != nil {
			return nil, err
		}
		left = d.left
		pages = append(pages, Page{Number: i + 1, Blocks: d.blocks})
	}
	return pages, nil
}

// legible is false when the pages show pictures, or letters that the file does not name, and next to no text. A file with nothing
// at all is legible, and empty.
func legible(pages []pdftext.Page) bool {
	letters, hidden, pictures := 0, 0, 0
	for _, p := range pages {
		pictures += p.Pictures
		hidden += p.Unknown
		for _, l := range p.Lines {
			for _, cell := range l.Cells {
				letters += strings.Count(clean(cell), "") - 1
			}
		}
	}
	if pictures > 0 && letters < 8*len(pages) { // a scanner's stamp or page numbers
		return false
	}
	return hidden == 0 || letters*3 > hidden
}

// maxEdge is how many lines at the top and the bottom of pages may be a running head or foot.
const maxEdge = 2

// dropRepeated takes running heads and feet away: first and last lines that most of three pages or more share but for figures.
// A line with a currency stays in any case: too much text is a lesser evil than a lost price.
func dropRepeated(pages []pdftext.Page) {
	if len(pages) < 3 {
		return
	}
	times := map[string]int{}
	for _, p := range pages {
		for key := range edges(p.Lines) {
			times[key]++
		}
	}
	for i, p := range pages {
		var kept []pdftext.Line
		for j, l := range p.Lines {
			atEdge := j < maxEdge || j >= len(p.Lines)-maxEdge
			if key := edgeKey(l); !atEdge || times[key]*2 <= len(pages) || strings.ContainsFunc(key, isCurrency) {
				kept = append(kept, l)
			}
		}
		pages[i].Lines = kept
	}
}

func isCurrency(r rune) bool { return unicode.Is(unicode.Sc, r) }

func edges(lines []pdftext.Line) map[string]bool {
	keys := map[string]bool{}
	for j, l := range lines {
		if j < maxEdge || j >= len(lines)-maxEdge {
			keys[edgeKey(l)] = true
		}
	}
	return keys
}

// edgeKey is a line without its figures and with its height.
func edgeKey(l pdftext.Line) string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, strings.Join(l.Cells, " "))
	return fmt.Sprintf("%.0f %s", l.Bottom/4, text)
}

// pdfSizes are the sizes of letters in a document.
type pdfSizes struct {
	body     float64   // of most letters
	headings []float64 // larger ones, largest first
	bold     bool      // most letters are: then it marks nothing
}

// maxParagraph is the longest paragraph, in lines.
const maxParagraph = 200

// headingFactor is how much larger than the body's letters a heading's are, at least.
const headingFactor = 1.13

func sizesOf(pages []pdftext.Page) pdfSizes {
	letters, bold := map[float64]int{}, 0
	for _, p := range pages {
		for _, l := range p.Lines {
			length := len(strings.Join(l.Cells, ""))
			letters[l.Size] += length
			if l.Bold {
				bold += length
			} else {
				bold -= length
			}
		}
	}
	s := pdfSizes{bold: bold > 0}
	most := 0
	for size, count := range letters {
		if count > most || count == most && size < s.body {
			s.body, most = size, count
		}
	}
	for size := range letters {
		if size > s.body*headingFactor {
			s.headings = append(s.headings, size)
		}
	}
	slices.SortFunc(s.headings, func(a, b float64) int { return cmp.Compare(b, a) })
	return s
}

// level returns a heading's level, 0 for a line that is none: headings are larger, or short and bold.
func (s pdfSizes) level(l pdftext.Line) int {
	text := strings.Join(l.Cells, " ")
	if len(l.Cells) > 1 || len(text) > maxHeading || !strings.ContainsFunc(text, unicode.IsLetter) {
		return 0
	}
	if i := slices.Index(s.headings, l.Size); i >= 0 {
		return i + 1
	}
	if l.Bold && !s.bold && l.Size >= s.body && len(text) <= 90 && !strings.ContainsAny(text[len(text)-1:], ".,;") {
		return len(s.headings) + 1
	}
	return 0
}

// addLines groups lines into headings, tables and paragraphs.
func (d *document) addLines(lines []pdftext.Line, sizes pdfSizes) error {
	margin := 0.0
	for _, l := range lines {
		margin = max(margin, l.Right)
	}
	for start := 0; start < len(lines); {
		level, end := sizes.level(lines[start]), start+1
		var err error
		switch {
		case level > 0:
			for end < len(lines) && sizes.level(lines[end]) == level && follows(lines[end-1], lines[end]) && end-start < 3 {
				end++
			}
			err = d.add(Heading, level, joined(lines[start:end]))
		case len(lines[start].Cells) > 1:
			for end < len(lines) && len(lines[end].Cells) > 1 && sameTable(lines[end-1], lines[end]) {
				end++
			}
			err = d.addTable(tableOf(lines[start:end]))
		default:
			for end < len(lines) && end-start < maxParagraph && len(lines[end].Cells) == 1 && sizes.level(lines[end]) == 0 &&
				follows(lines[end-1], lines[end]) && reaches(lines[end-1], margin) {
				end++
			}
			err = d.add(Paragraph, 0, joined(lines[start:end]))
		}
		if err != nil {
			return err
		}
		start = end
	}
	return nil
}

// follows is true for a line close under another of its size.
func follows(above, below pdftext.Line) bool {
	return above.Bottom-below.Bottom < 1.7*above.Size && math.Abs(above.Size-below.Size) < 1
}

// sameTable is true for a row within two and a half of its letters' heights under another; a wider gap parts tables.
func sameTable(above, below pdftext.Line) bool {
	gap := above.Bottom - below.Bottom
	return gap > 0 && gap < 2.5*max(above.Size, below.Size)
}

// reaches is true for a line that ends near the page's right margin: it was broken there. A shorter one ends by itself, as the
// entries of a list do.
func reaches(l pdftext.Line, margin float64) bool {
	return l.Right > l.Left+0.75*(margin-l.Left)
}

// joined puts lines together again, and words that were parted at their ends.
func joined(lines []pdftext.Line) string {
	text := ""
	for _, l := range lines {
		line := strings.Join(l.Cells, " ")
		first, _ := utf8.DecodeRuneInString(line)
		cut, hyphen := strings.CutSuffix(text, "-")
		last, _ := utf8.DecodeLastRuneInString(cut)
		switch {
		case text == "":
			text = line
		case hyphen && unicode.IsLower(first) && unicode.IsLetter(last):
			text = cut + line
		default:
			text += " " + line
		}
	}
	return text
}

func tableOf(lines []pdftext.Line) table {
	t := table{loose: true}
	for _, l := range lines {
		t.rows = append(t.rows, l.Cells)
	}
	// In a bold first row above others stand heads; elsewhere the figures below decide.
	t.headed = len(lines) > 1 && lines[0].Bold && !lines[1].Bold
	return t
}
