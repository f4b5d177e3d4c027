package pdftext

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What makes columns of prose. Gaps are in parts of the letters' size.
const (
	stripHeight = 0.9 // what stands within is on one height: lines of columns side by side seldom share their baselines
	gutterGap   = 0.7 // LaTeX parts columns of ten points by ten points; gaps between words may be as wide, but not one under the other
	bandGap     = 3.2 // white as high as this across the page ends the columns
	fewestLines = 5   // of the longest column
	maxGutters  = 8   // looked at in one line
	longLine    = 12  // letters; what is shorter is a cell or the end of a paragraph
	fullLine    = 0.8 // of the column's width: lines of prose are broken at its edge
	raggedLine  = 0.6 // of a narrow column whose lines end where words do
)

// stops stand in sentences and seldom in cells.
const stops = ".,;:،؛。、"

// span is a piece of a line, or the white between two.
type span struct{ left, right float64 }

func (s span) width() float64 { return s.right - s.left }

// strip is what stands on one height.
type strip struct {
	from, to int // its part of the page's glyphs
	glyphs   []shown
	ink      []span  // from left to right, where no gutter can be
	gutter   float64 // the least width of one, here
}

// columns parts a page's glyphs, sorted from top to bottom, into groups in the order in which they are read. Prose that stands side by
// side makes a group for each column; everything else between two such places is one group. Rows of tables stay together: their
// cells do not fill their column line after line, or begin on the same heights as their neighbours.
func columns(glyphs []shown, fromRight bool) [][]shown {
	strips := stripsOf(glyphs)
	var groups [][]shown
	done := 0 // strips that are in groups
	add := func(upTo int) {
		if upTo > done {
			groups = append(groups, glyphs[strips[done].from:strips[upTo-1].to])
		}
		done = upTo
	}
	for at := 0; at < len(strips); {
		gutters, end := bandAt(strips, at)
		gutters = proseAt(strips[at:end], gutters)
		if gutters == nil {
			at += max(1, (end-at)/2) // what follows a table may be columns: look again, but not at every line
			continue
		}
		add(at - aboveOf(strips[done:at], gutters))
		parts := split(glyphs[strips[done].from:strips[end-1].to], gutters)
		if fromRight {
			slices.Reverse(parts)
		}
		groups = append(groups, parts...)
		at, done = end, end
	}
	add(len(strips))
	return groups
}

// split parts glyphs at gutters.
func split(glyphs []shown, gutters []span) [][]shown {
	parts := make([][]shown, len(gutters)+1)
	for _, g := range glyphs {
		at := columnAt(gutters, g.x)
		parts[at] = append(parts[at], g)
	}
	return parts
}

func columnAt(gutters []span, x float64) int {
	at := 0
	for at < len(gutters) && x >= (gutters[at].left+gutters[at].right)/2 {
		at++
	}
	return at
}

func stripsOf(glyphs []shown) []strip {
	sizes := map[float64]int{}
	for _, g := range glyphs {
		sizes[g.size]++
	}
	body := commonest(sizes) // headings stand as close to the next column as text does
	var strips []strip
	for start := 0; start < len(glyphs); {
		end := start + 1
		for end < len(glyphs) && glyphs[start].y-glyphs[end].y < stripHeight*min(glyphs[start].size, glyphs[end].size) {
			end++
		}
		s := strip{from: start, to: end, glyphs: glyphs[start:end:end], gutter: gutterGap * min(body, glyphs[start].size)}
		s.ink = inkOf(s.glyphs, s.gutter)
		strips = append(strips, s)
		start = end
	}
	return strips
}

// inkOf joins what stands closer than gap.
func inkOf(glyphs []shown, gap float64) []span {
	spans := make([]span, len(glyphs))
	for i, g := range glyphs {
		spans[i] = span{g.x, g.x + max(g.width, 0)}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.left, b.left) })
	joined := spans[:1]
	for _, s := range spans[1:] {
		if last := &joined[len(joined)-1]; s.left-last.right < gap {
			last.right = max(last.right, s.right)
		} else {
			joined = append(joined, s)
		}
	}
	return slices.Clone(joined) // the rest of spans is let go
}

// bandAt follows the gaps of a strip downwards for as long as one stays white. It returns those that do, from left to right, and
// the strip after the last.
func bandAt(strips []strip, start int) (gutters []span, end int) {
	gutters = gapsOf(strips[start].ink)
	for end = start + 1; end < len(strips) && len(gutters) > 0; end++ {
		s := strips[end]
		if isFar(strips[end-1], s) {
			break
		}
		white := s.leaves(gutters)
		if len(white) == 0 {
			break
		}
		gutters = white
	}
	return gutters, end
}

func isFar(above, below strip) bool {
	return above.glyphs[0].y-below.glyphs[0].y > bandGap*below.glyphs[0].size
}

// leaves returns what of gutters a strip leaves white.
func (s strip) leaves(gutters []span) []span {
	var white []span
	for _, g := range gutters {
		if g = whitest(g, s.ink); g.width() >= s.gutter {
			white = append(white, g)
		}
	}
	return white
}

// aboveOf returns how many strips above a band belong to it: a column on the right may begin higher than the left one.
func aboveOf(above []strip, gutters []span) int {
	belong := 0
	for n := 1; n <= len(above); n++ {
		s := above[len(above)-n]
		if n > 1 && isFar(s, above[len(above)-n+1]) || len(s.leaves(gutters)) < len(gutters) {
			break
		}
		if s.ink[0].left >= gutters[0].left {
			belong = n
		}
	}
	return belong
}

// gapsOf returns the widest gaps between the pieces of a line, from left to right.
func gapsOf(ink []span) []span {
	var gaps []span
	for i := 1; i < len(ink); i++ {
		gaps = append(gaps, span{ink[i-1].right, ink[i].left})
	}
	if len(gaps) > maxGutters {
		slices.SortFunc(gaps, func(a, b span) int { return cmp.Compare(b.width(), a.width()) })
		gaps = gaps[:maxGutters]
		slices.SortFunc(gaps, func(a, b span) int { return cmp.Compare(a.left, b.left) })
	}
	return gaps
}

// whitest returns the widest piece of a gap that ink leaves white.
func whitest(gap span, ink []span) span {
	best, left := span{}, gap.left
	for _, s := range ink {
		if s.right <= left {
			continue
		}
		if white := (span{left, min(s.left, gap.right)}); white.width() > best.width() {
			best = white
		}
		if left = s.right; left >= gap.right {
			return best
		}
	}
	if white := (span{left, gap.right}); white.width() > best.width() {
		best = white
	}
	return best
}

// proseAt returns the gutters of a band that part columns of prose: all, else one of them, else nil.
func proseAt(band []strip, gutters []span) []span {
	if len(band) < fewestLines || len(gutters) == 0 {
		return nil
	}
	if areProse(partsOf(band, gutters)) {
		return gutters
	}
	if len(gutters) == 1 {
		return nil
	}
	for _, g := range gutters {
		if areProse(partsOf(band, []span{g})) {
			return []span{g}
		}
	}
	return nil
}

// column is what of a band stands between two gutters, as far as it tells prose from cells.
type column struct {
	left, right float64
	lines       []columnLine
}

// columnLine is a line of a column.
type columnLine struct {
	strip       int
	y, size     float64
	left, right float64
	letters     int
	stops       int
	first       shown // the leftmost
}

func partsOf(band []strip, gutters []span) []column {
	parts := make([]column, len(gutters)+1)
	for i, s := range band {
		for _, g := range s.glyphs {
			parts[columnAt(gutters, g.x)].add(i, g)
		}
	}
	return parts
}

func (c *column) add(strip int, g shown) {
	if len(c.lines) == 0 {
		c.left, c.right = g.x, g.x+g.width
	}
	c.left, c.right = min(c.left, g.x), max(c.right, g.x+g.width)
	if last := len(c.lines) - 1; last < 0 || c.lines[last].strip != strip {
		c.lines = append(c.lines, columnLine{strip: strip, y: g.y, size: g.size, left: g.x, right: g.x + g.width, first: g})
	}
	l := &c.lines[len(c.lines)-1]
	if g.x < l.first.x {
		l.first = g
	}
	l.letters++
	if strings.ContainsAny(g.letters, stops) {
		l.stops++
	}
	l.left, l.right = min(l.left, g.x), max(l.right, g.x+g.width)
}

// areProse asks whether the parts are columns that are read one after the other.
func areProse(parts []column) bool {
	longest := 0
	for i := range parts {
		longest = max(longest, len(parts[i].lines))
		if !parts[i].isProse() {
			return false
		}
	}
	return longest >= fewestLines && !shareRows(parts)
}

// isProse: at least half of the lines are full, and sentences run on from line to line, which cells do not. Narrow columns are ragged:
// there more must speak for it.
func (c *column) isProse() bool {
	full, ragged, stopped, lower, upper := 0, 0, 0, 0, 0
	for _, l := range c.lines {
		if l.letters >= longLine && l.right-l.left >= raggedLine*(c.right-c.left) {
			ragged++
			if l.right-l.left >= fullLine*(c.right-c.left) {
				full++
			}
		}
		stopped += min(l.stops, 1)
		switch r, _ := utf8.DecodeRuneInString(l.first.letters); {
		case unicode.IsLower(r):
			lower++
		case unicode.IsUpper(r):
			upper++
		}
	}
	n := len(c.lines)
	justified := full*2 >= n && stopped*8 >= n && (upper < 4 || upper <= 2*lower)
	return n >= 2 && (justified || ragged*2 >= n && lower > upper && stopped*5 >= n)
}

// shareRows: paragraphs of the parts begin on the same heights, so they are the cells of rows.
func shareRows(parts []column) bool {
	begins := map[int]int{}
	most := 0
	for i := range parts {
		own := parts[i].beginnings()
		most = max(most, len(own))
		for _, strip := range own {
			begins[strip]++
		}
	}
	shared := 0
	for _, times := range begins {
		if times == len(parts) {
			shared++
		}
	}
	return shared >= 2 && shared*4 >= most*3
}

// beginnings are the strips in which lines stand after more white than between most.
func (c *column) beginnings() []int {
	var steps []float64
	for i := 1; i < len(c.lines); i++ {
		steps = append(steps, c.lines[i-1].y-c.lines[i].y)
	}
	if len(steps) == 0 {
		return nil
	}
	slices.Sort(steps)
	usual := math.Max(steps[len(steps)/4], 1)
	var found []int
	for i := 1; i < len(c.lines); i++ {
		if c.lines[i-1].y-c.lines[i].y > 1.3*usual {
			found = append(found, c.lines[i].strip)
		}
	}
	return found
}
