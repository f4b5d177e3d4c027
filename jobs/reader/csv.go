package reader

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// readCSV reads rows whose first is heads, unless it holds figures.
func (d *document) readCSV(text string) error {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator(text)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	var heads []string
	for first := true; ; {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return refuse(Damaged, nil) // a quote that is never closed; the parser's words quote the file
		}
		if len(row) == 0 || strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		if first && !anyFigure(row) {
			heads, first = row, false
			continue
		}
		first = false
		for _, b := range rowBlocks(heads, row) {
			if err := d.add(b.Kind, 0, b.Text); err != nil {
				return err
			}
		}
	}
}

// separator is the one that stands most often in the first line, outside of quotes.
func separator(text string) rune {
	first, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	count := map[rune]int{}
	quoted := false
	for _, r := range first {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted {
			count[r]++
		}
	}
	best := ','
	for _, r := range []rune{';', '\t', '|'} {
		if count[r] > count[best] {
			best = r
		}
	}
	return best
}
