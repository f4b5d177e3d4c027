package reader

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/voxanne-ai/voxanne/jobs/reader/pdftext"
)

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

// addColumns adds the lines of every column on its own. What ends in the middle of a sentence goes on in the next column.
func (d *document) addColumns(lines []pdftext.Line, sizes pdfSizes) error {
	for start := 0; start < len(lines); {
		end := start + 1
		for end < len(lines) && lines[end].Column == lines[start].Column {
			end++
		}
		before := len(d.blocks)
		if err := d.addLines(lines[start:end], sizes); err != nil {
			return err
		}
		if before > 0 && before < len(d.blocks) && goesOn(d.blocks[before-1], d.blocks[before]) {
			d.blocks[before-1].Text = joinText(d.blocks[before-1].Text, d.blocks[before].Text)
			d.blocks = slices.Delete(d.blocks, before, before+1)
		}
		start = end
	}
	return nil
}

// addLines groups lines that stand one under the other into headings, tables and paragraphs.
func (d *document) addLines(lines []pdftext.Line, sizes pdfSizes) error {
	m := marginsOf(lines)
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
				follows(lines[end-1], lines[end]) && m.breaks(lines[end-1], lines[end]) {
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

// margins are the left and right ends of a column's lines.
type margins struct{ left, right float64 }

// marginsOf leaves out the two widest of many lines: a running head or a line of a table may be wider than the text.
func marginsOf(lines []pdftext.Line) margins {
	var left, right []float64
	for _, l := range lines {
		left, right = append(left, l.Left), append(right, l.Right)
	}
	slices.Sort(left)
	slices.Sort(right)
	wide := 0
	if len(lines) >= 8 {
		wide = 2
	}
	return margins{left[wide], right[len(right)-1-wide]}
}

// breaks is true for a line that ends near the column's margin, or half-way to it with a sentence going on: it was broken there. A
// shorter one ends by itself, as the entries of a list do.
func (m margins) breaks(l, next pdftext.Line) bool {
	part := (l.Right - l.Left) / (m.right - l.Left)
	if l.FromRight {
		part = (l.Right - l.Left) / (l.Right - m.left)
	}
	first, _ := utf8.DecodeRuneInString(next.Cells[0])
	return part > 0.75 || part > 0.55 && unicode.IsLower(first)
}

// joined puts lines together again, and words that were parted at their ends.
func joined(lines []pdftext.Line) string {
	text := ""
	for _, l := range lines {
		text = joinText(text, strings.Join(l.Cells, " "))
	}
	return text
}

// hyphens stand at the end of a line in the middle of a word: hyphen-minus, soft hyphen, hyphen.
const hyphens = "-\u00ad\u2010"

// joinText puts a line behind another.
func joinText(text, line string) string {
	first, _ := utf8.DecodeRuneInString(line)
	hyphen, size := utf8.DecodeLastRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text[:len(text)-size])
	switch {
	case text == "":
		return line
	case strings.ContainsRune(hyphens, hyphen) && unicode.IsLower(first) && unicode.IsLetter(last):
		return text[:len(text)-size] + line
	}
	return text + " " + line
}

// goesOn is true for a paragraph that ends in the middle of a sentence before one that begins there.
func goesOn(before, after Block) bool {
	first, _ := utf8.DecodeRuneInString(after.Text)
	last, _ := utf8.DecodeLastRuneInString(before.Text)
	return before.Kind == Paragraph && after.Kind == Paragraph && unicode.IsLower(first) && !strings.ContainsRune(".!?:;…", last)
}

// finishSentence takes the end of a sentence that was begun on the page before back there: half of one answers no question.
func finishSentence(before, page *Page) {
	last := len(before.Blocks) - 1
	if last < 0 || len(page.Blocks) == 0 || !goesOn(before.Blocks[last], page.Blocks[0]) {
		return
	}
	end, rest := page.Blocks[0].Text, ""
	if stop := strings.IndexAny(end, ".!?"); stop >= 0 {
		if space := strings.IndexByte(end[stop:], ' '); space >= 0 {
			end, rest = end[:stop+space], end[stop+space+1:]
		}
	}
	before.Blocks[last].Text = joinText(before.Blocks[last].Text, end)
	if page.Blocks[0].Text = rest; rest == "" {
		page.Blocks = page.Blocks[1:]
	}
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
