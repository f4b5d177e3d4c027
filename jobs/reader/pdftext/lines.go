package pdftext

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// What a gap between two letters means, in parts of their size. A space is a quarter; in justified text it stretches to about one.
const (
	wordGap = 0.17
	cellGap = 1.3
	// narrowCellGap parts cells where those of the next row are parted too.
	narrowCellGap = 0.6
	evenGap       = 0.06
)

// leaders are the dots, or the line, between a service and its price.
var leaders = regexp.MustCompile(`(?:\s?[.·•_…]){4,}\s?|…{2,}`)

// lines sorts glyphs into lines in the order in which they are read, and the strings of each from its beginning to its end.
func lines(glyphs []shown) []Line {
	glyphs = slices.DeleteFunc(glyphs, func(g shown) bool { return strings.TrimSpace(g.letters) == "" || !finite(g) })
	slices.SortStableFunc(glyphs, func(a, b shown) int { return cmp.Compare(b.y, a.y) })
	fromRight := runsFromRight(glyphs)
	var found []Line
	for i, group := range columns(glyphs, fromRight) {
		for _, l := range linesOf(group, fromRight) {
			l.Column = i
			found = append(found, l)
		}
	}
	return found
}

// linesOf makes lines of one group of glyphs, sorted from top to bottom.
func linesOf(glyphs []shown, fromRight bool) []Line {
	var drafts []draft
	for start := 0; start < len(glyphs); {
		end := start + 1
		for end < len(glyphs) && glyphs[start].y-glyphs[end].y < 0.4*max(glyphs[start].size, glyphs[end].size) {
			end++
		}
		drafts = append(drafts, draftOf(glyphs[start:end]))
		start = end
	}
	alignCells(drafts)
	var found []Line
	for _, d := range drafts {
		if l := d.line(fromRight); len(l.Cells) > 0 {
			found = append(found, l)
		}
	}
	return found
}

func finite(g shown) bool {
	sum := g.x + g.y + g.width + g.size
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// word is a run of letters without gaps.
type word struct {
	glyphs      []shown
	left, right float64
	gap         float64 // before it, in parts of the letters' size
	cell        bool    // it begins a cell
}

// draft is a line whose words are known.
type draft struct {
	Line
	words []word
	mixed bool // it has letters that run from right to left
}

// draftOf joins the glyphs of one height into words, and cells by their gaps.
func draftOf(glyphs []shown) draft {
	glyphs = once(glyphs)
	d := draft{mixed: slices.ContainsFunc(glyphs, func(g shown) bool { return isFromRight(g.letters) })}
	if d.mixed { // strings of such letters are written in either order
		fromLeft(glyphs)
	} else { // Strings stay whole: where the file does not give the widths of its letters, neighbours overlap by our guess.
		slices.SortStableFunc(glyphs, func(a, b shown) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.run, b.run)) })
	}
	d.Left, d.Right, d.Bottom = glyphs[0].x, glyphs[0].x, glyphs[0].y
	bold, sizes, start, gap := 0, map[float64]int{}, 0, 0.0
	for i, g := range glyphs {
		if i > 0 {
			if now := (g.x - d.Right) / min(g.size, glyphs[i-1].size); now > wordGap {
				d.words = append(d.words, word{glyphs: glyphs[start:i], left: glyphs[start].x, right: d.Right, gap: gap})
				start, gap = i, now
			}
		}
		d.Right = max(d.Right, g.x+g.width)
		sizes[math.Round(g.size*2)/2]++
		if g.bold {
			bold++
		}
	}
	d.words = append(d.words, word{glyphs: glyphs[start:], left: glyphs[start].x, right: d.Right, gap: gap})
	d.Size, d.Bold = commonest(sizes), bold*2 > len(glyphs)
	partCells(d.words)
	return d
}

// line writes the cells.
func (d *draft) line(pageFromRight bool) Line {
	if !d.mixed {
		var cells []string
		for _, cell := range d.cells() {
			var b strings.Builder
			for i, w := range cell {
				if i > 0 {
					b.WriteByte(' ')
				}
				for _, g := range w.glyphs {
					b.WriteString(g.letters)
				}
			}
			cells = append(cells, b.String())
		}
		d.FromRight = pageFromRight && !hasLetters(cells) // the figures of a row
		return d.finish(cells)
	}
	var glyphs []shown
	for _, w := range d.words {
		glyphs = append(glyphs, w.glyphs...)
	}
	d.FromRight = runsFromRight(glyphs)
	var cells []string
	for _, cell := range d.cells() {
		cells = append(cells, reading(visual(cell), d.FromRight))
	}
	return d.finish(cells)
}

// finish keeps the cells in the order in which they are read.
func (d *draft) finish(cells []string) Line {
	if d.FromRight {
		slices.Reverse(cells)
	}
	d.Cells = splitLeaders(cells)
	return d.Line
}

func hasLetters(cells []string) bool {
	return slices.ContainsFunc(cells, func(c string) bool { return strings.ContainsFunc(c, unicode.IsLetter) })
}

func (d *draft) cells() [][]word {
	var cells [][]word
	start := 0
	for i, w := range d.words {
		if w.cell && i > 0 {
			cells = append(cells, d.words[start:i])
			start = i
		}
	}
	return append(cells, d.words[start:])
}

// once drops letters that are written twice, a hair apart, to look bold.
func once(glyphs []shown) []shown {
	order := make([]int, len(glyphs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(glyphs[a].x, glyphs[b].x) })
	twice := make([]bool, len(glyphs))
	for i := 1; i < len(order); i++ {
		before, g := glyphs[order[i-1]], glyphs[order[i]]
		twice[order[i]] = g.letters == before.letters && g.run != before.run && g.x-before.x < 0.1*g.size
	}
	var kept []shown
	for i, g := range glyphs {
		if !twice[i] {
			kept = append(kept, g)
		}
	}
	return kept
}

// partCells parts the words of a line at wide gaps. Several gaps of one width are a justified line's, however wide.
func partCells(words []word) {
	justified := len(words) > 2
	for _, w := range words[1:] {
		justified = justified && math.Abs(w.gap-words[1].gap) < evenGap
	}
	for i := range words {
		words[i].cell = i > 0 && words[i].gap > cellGap && !justified
	}
}

// alignCells parts rows once more where their neighbours above or below part: a long price comes close to the column before it.
func alignCells(drafts []draft) {
	for i := 1; i < len(drafts); i++ {
		alignTo(&drafts[i], &drafts[i-1])
	}
	for i := len(drafts) - 2; i >= 0; i-- {
		alignTo(&drafts[i], &drafts[i+1])
	}
}

// alignTo parts d in the gaps of a neighbour no farther than a row is.
func alignTo(d, neighbour *draft) {
	if math.Abs(d.Bottom-neighbour.Bottom) > 2.5*max(d.Size, neighbour.Size) {
		return
	}
	smallest := math.Inf(1)
	for _, w := range d.words[1:] {
		smallest = min(smallest, w.gap)
	}
	at := 1
	for i := 1; i < len(d.words); i++ {
		w := &d.words[i]
		if w.cell || w.gap < narrowCellGap || len(d.words) > 2 && w.gap < 2*smallest {
			continue
		}
		left, right := d.words[i-1].right, w.left
		for at < len(neighbour.words)-1 && neighbour.words[at].left < right-1 {
			at++
		}
		if at < len(neighbour.words) && neighbour.words[at].cell && neighbour.words[at].left >= right-1 && neighbour.words[at-1].right <= left+1 {
			w.cell = true
		}
	}
}

// splitLeaders parts cells at leader dots and drops empty ones.
func splitLeaders(cells []string) []string {
	var parts []string
	for _, cell := range cells {
		for _, part := range leaders.Split(cell, -1) {
			if part = strings.TrimSpace(part); part != "" {
				parts = append(parts, part)
			}
		}
	}
	return parts
}

// commonest returns the size that most letters have, the larger of equals.
func commonest(sizes map[float64]int) float64 {
	best, most := 0.0, 0
	for size, count := range sizes {
		if count > most || count == most && size > best {
			best, most = size, count
		}
	}
	return best
}
