package reader

import (
	"bytes"
	"context"
	"errors"
	"strings"

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
	sizes := sizesOf(read)
	dropRepeated(read, sizes.body)
	var pages []Page
	left := limits.Text
	for i, p := range read {
		d := &document{ctx: ctx, left: left}
		if err := d.addColumns(p.Lines, sizes); err != nil {
			return nil, err
		}
		left = d.left
		pages = append(pages, Page{Number: i + 1, Blocks: d.blocks})
		if i > 0 {
			finishSentence(&pages[i-1], &pages[i])
		}
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
