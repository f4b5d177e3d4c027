package pdftext

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
)

// What a gap between two letters means, in parts of their size. A space is a quarter; in justified text it stretches to about one.
const (
	wordGap = 0.17
	cellGap = 1.3
	evenGap = 0.06
)

// leaders are the dots, or the line, between a service and its price.
var leaders = regexp.MustCompile(`(?:\s?[.·•_…]){4,}\s?|…{2,}`)

// lines sorts glyphs into lines from top to bottom, and the strings of each from left to right.
func lines(glyphs []shown) []Line {
	glyphs = slices.DeleteFunc(glyphs, func(g shown) bool { return strings.TrimSpace(g.letters) == "" || !finite(g) })
	slices.SortStableFunc(glyphs, func(a, b shown) int { return cmp.Compare(b.y, a.y) })
	var found []Line
	for start := 0; start < len(glyphs); {
		end := start + 1
		for end < len(glyphs) && glyphs[start].y-glyphs[end].y < 0.4*max(glyphs[start].size, glyphs[end].size) {
			end++
		}
		if l := lineOf(glyphs[start:end]); len(l.Cells) > 0 {
			found = append(found, l)
		}
		start = end
	}
	return found
}

func finite(g shown) bool {
	sum := g.x + g.y + g.width + g.size
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// word is a run of letters without gaps.
type word struct {
	text strings.Builder
	gap  float64 // before it, in parts of the letters' size
}

// lineOf joins the glyphs of one height into cells.
func lineOf(glyphs []shown) Line {
	glyphs = once(glyphs)
	// Strings stay whole: where the file does not give the widths of its letters, neighbours overlap by our guess.
	slices.SortStableFunc(glyphs, func(a, b shown) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.run, b.run)) })
	l := Line{Left: glyphs[0].x, Right: glyphs[0].x, Bottom: glyphs[0].y}
	words := []*word{{}}
	bold, sizes := 0, map[float64]int{}
	for i, g := range glyphs {
		if i > 0 {
			before := glyphs[i-1]
			if gap := (g.x - l.Right) / min(g.size, before.size); gap > wordGap {
				words = append(words, &word{gap: gap})
			}
		}
		words[len(words)-1].text.WriteString(g.letters)
		l.Right = max(l.Right, g.x+g.width)
		sizes[math.Round(g.size*2)/2]++
		if g.bold {
			bold++
		}
	}
	l.Cells = splitLeaders(cellsOf(words))
	l.Size, l.Bold = commonest(sizes), bold*2 > len(glyphs)
	return l
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

// cellsOf parts the words of a line at wide gaps. Several gaps of one width are a justified line's, however wide.
func cellsOf(words []*word) []string {
	justified := len(words) > 2
	for _, w := range words[1:] {
		justified = justified && math.Abs(w.gap-words[1].gap) < evenGap
	}
	var cells []string
	var cell strings.Builder
	for i, w := range words {
		switch {
		case i == 0:
		case w.gap > cellGap && !justified:
			cells = append(cells, cell.String())
			cell.Reset()
		default:
			cell.WriteByte(' ')
		}
		cell.WriteString(w.text.String())
	}
	return append(cells, cell.String())
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
