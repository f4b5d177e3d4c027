package reader

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/voxanne-ai/voxanne/jobs/reader/pdftext"
)

// maxEdge is how many lines at the top and the bottom of pages may be a running head or foot.
const maxEdge = 2

// dropRepeated takes running heads and feet away: the highest and lowest lines that most pages share but for figures. Of two pages
// only lines no larger than the body's letters go, because a heading may stand on both. A line with a currency stays in any case, and
// so do the heads of a table that goes on from page to page: too much text is a lesser evil than a lost price.
func dropRepeated(pages []pdftext.Page, body float64) {
	if len(pages) < 2 {
		return
	}
	times, atEdge, keys := map[string]int{}, make([][]bool, len(pages)), make([][]string, len(pages))
	for i, p := range pages {
		atEdge[i] = edges(p.Lines)
		keys[i] = edgeKeys(p.Lines)
		seen := map[string]bool{}
		for j, key := range keys[i] {
			if atEdge[i][j] && !seen[key] {
				seen[key] = true
				times[key]++
			}
		}
	}
	for i, p := range pages {
		var kept []pdftext.Line
		repeated := func(j int) bool { return times[keys[i][j]]*2 > len(pages) }
		for j, l := range p.Lines {
			drop := atEdge[i][j] && repeated(j) && (len(pages) > 2 || l.Size <= body && !l.Bold) &&
				!slices.ContainsFunc(l.Cells, func(c string) bool { return strings.ContainsFunc(c, isCurrency) })
			if drop && j+1 < len(p.Lines) && isHeadOf(l, p.Lines[j+1]) && !repeated(j+1) {
				drop = false
			}
			if !drop && !(atEdge[i][j] && isFolio(l, i+1)) {
				kept = append(kept, l)
			}
		}
		pages[i].Lines = kept
	}
}

// isFolio is true for a line that is the page's number and nothing else.
func isFolio(l pdftext.Line, page int) bool {
	text := strings.TrimFunc(strings.Join(l.Cells, ""), func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) })
	return text == strconv.Itoa(page)
}

func isCurrency(r rune) bool { return unicode.Is(unicode.Sc, r) }

// isHeadOf is true for a row close above another.
func isHeadOf(head, row pdftext.Line) bool {
	return len(head.Cells) > 1 && len(row.Cells) > 1 && sameTable(head, row)
}

// edges marks the lines on the [maxEdge] highest and lowest heights of a page, whatever column they stand in.
func edges(lines []pdftext.Line) []bool {
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lines[b].Bottom, lines[a].Bottom) })
	marked := make([]bool, len(lines))
	mark := func(order []int) {
		heights := 0
		for i, j := range order {
			if i == 0 || edgeHeight(lines[order[i-1]]) != edgeHeight(lines[j]) {
				heights++
			}
			if heights > maxEdge {
				return
			}
			marked[j] = true
		}
	}
	mark(order)
	slices.Reverse(order)
	mark(order)
	return marked
}

func edgeHeight(l pdftext.Line) string { return fmt.Sprintf("%.0f", l.Bottom/4) }

// edgeKeys are, for every line, all letters on its height without figures: a running head is one line or two, as the columns below
// it make it.
func edgeKeys(lines []pdftext.Line) []string {
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lines[a].Left, lines[b].Left) })
	byHeight := map[string]string{}
	for _, j := range order {
		byHeight[edgeHeight(lines[j])] += strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) || unicode.IsSpace(r) {
				return -1
			}
			return r
		}, strings.Join(lines[j].Cells, ""))
	}
	keys := make([]string, len(lines))
	for j, l := range lines {
		keys[j] = edgeHeight(l) + " " + byHeight[edgeHeight(l)]
	}
	return keys
}
