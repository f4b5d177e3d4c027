package pdftext

import (
	"context"
	"errors"
	"fmt"
)

// Page is the text of one page, in the order in which it is read.
type Page struct {
	Lines    []Line
	Pictures int // that the page shows
	Unknown  int // letters that the page shows and the file does not name: its text cannot be read
}

// Line is what stands on one height.
type Line struct {
	Cells     []string // parted by wide gaps or leader dots; one in running text. In the order in which they are read
	Left      float64  // its left end, in points
	Right     float64  // its right end
	Bottom    float64  // of its letters; larger is higher
	Size      float64  // of most of its letters, in points
	Bold      bool     // most of it
	FromRight bool     // it is read from right to left; the letters of Cells are in order all the same
	Column    int      // lines of one number stand one under the other; the next number is read afterwards
}

// Read reads every page of the file. It never panics and returns when ctx ends or a limit is met; a page that is damaged
// is as long as it can be read.
//
// Errors: [ErrDamaged], [ErrEncrypted] (also when no password is needed to look at it), [ErrPages], [ErrTooMuch], the context's.
func Read(ctx context.Context, data []byte, limits Limits) (pages []Page, err error) {
	defer func() {
		if trouble := recover(); trouble != nil { // a mistake of ours must cost one document, not the process
			pages, err = nil, fmt.Errorf("%w: panic in the reader", ErrDamaged)
		}
	}()
	f, err := open(ctx, data, limits)
	if err != nil {
		return nil, err
	}
	found, err := f.pages()
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		page, err := f.readPage(p)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	if len(pages) == 0 {
		return nil, ErrDamaged
	}
	return pages, nil
}

// foundPage is a page with what it inherits from the branches above it.
type foundPage struct {
	dict      dict
	resources any
	rotate    float64
}

// pages walks the tree of pages. Branches that were seen are not walked again: a tree may run in circles.
func (f *file) pages() ([]foundPage, error) {
	root, _ := f.dict(f.trailer["Root"])
	pages, err := f.walk(nil, root["Pages"], foundPage{}, map[ref]bool{}, 0)
	if err == nil && len(pages) == 0 && !f.rebuilt {
		if err := f.rebuild(); err != nil {
			return nil, err
		}
		root, _ = f.dict(f.trailer["Root"])
		return f.walk(nil, root["Pages"], foundPage{}, map[ref]bool{}, 0)
	}
	return pages, err
}

func (f *file) walk(pages []foundPage, node any, above foundPage, seen map[ref]bool, depth int) ([]foundPage, error) {
	if r, isRef := node.(ref); isRef {
		if seen[r] {
			return pages, nil
		}
		seen[r] = true
	}
	d, isDict := f.dict(node)
	if !isDict || depth > maxDepth {
		return pages, nil
	}
	if d["Resources"] != nil {
		above.resources = d["Resources"]
	}
	above.rotate = f.number(d["Rotate"], above.rotate)
	kids := f.array(d["Kids"])
	if f.name(d["Type"]) == "Page" || kids == nil && d["Contents"] != nil {
		if len(pages) >= f.left.Pages {
			return nil, ErrPages
		}
		above.dict = d
		return append(pages, above), nil
	}
	for _, kid := range kids {
		var err error
		if pages, err = f.walk(pages, kid, above, seen, depth+1); err != nil {
			return nil, err
		}
		if f.left.Steps--; f.left.Steps < 0 {
			return nil, ErrTooMuch
		}
	}
	return pages, f.ctx.Err()
}

// readPage draws the page and sorts what it showed into lines.
func (f *file) readPage(p foundPage) (Page, error) {
	c := &canvas{file: f, matrix: rotation(p.rotate)}
	err := c.draw(f.content(p.dict["Contents"]), p.resources, 0)
	switch {
	case f.left.Inflated < 0 || f.left.Steps < 0 || f.left.Glyphs < 0:
		return Page{}, ErrTooMuch
	case f.ctx.Err() != nil:
		return Page{}, f.ctx.Err()
	case err != nil && !errors.Is(err, ErrDamaged):
		return Page{}, err
	}
	page := Page{Pictures: c.pictures, Unknown: c.unknown}
	column := 0
	for _, direction := range c.shown {
		for _, l := range lines(direction) {
			l.Column += column
			page.Lines = append(page.Lines, l)
		}
		if last := len(page.Lines); last > 0 {
			column = page.Lines[last-1].Column + 1
		}
	}
	return page, nil
}

// content joins the streams of a page: an operator may begin in one and end in the next.
func (f *file) content(object any) []byte {
	parts, isArray := f.get(object).(array)
	if !isArray {
		parts = array{object}
	}
	var joined []byte
	for _, part := range parts {
		if s, isStream := f.get(part).(*stream); isStream {
			data, err := f.decode(s)
			if err != nil {
				continue // readPage looks at the allowance
			}
			joined = append(append(joined, data...), '\n')
		}
	}
	return joined
}
