package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/jobs/reader"
)

// runDocuments measures the reader alone, and then the whole way of a file from its upload until callers are answered from it.
func runDocuments(ctx context.Context, s settings) error {
	if err := readDocuments(ctx, s); err != nil {
		return err
	}
	return runUploads(ctx, s)
}

// readDocuments measures how many pages a second the reader of PDF does on the documents of its tests, in this process, beside poppler's
// pdftotext on the same files where that is installed. It also counts how many of the words of three letters and more that pdftotext
// finds the reader finds too.
func readDocuments(ctx context.Context, s settings) error {
	root, err := dbtest.Root()
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(root, "jobs/reader/testdata/documents/*.pdf"))
	if err != nil {
		return fmt.Errorf("list the documents: %w", err)
	}
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		fmt.Fprintln(s.out, "pdftotext is not installed (poppler-utils): the reader is measured alone")
	}
	fmt.Fprintf(s.out, "%-32s %6s %12s %14s %12s\n", "", "pages", "pages/s", "pdftotext", "words found")
	var sum documentFigures
	for _, path := range files {
		figures, err := measureDocument(ctx, s, program, path)
		if _, refused := reader.Refused(err); refused {
			continue
		} else if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		figures.print(s, filepath.Base(path))
		sum.pages += figures.pages
		sum.took += figures.took
		sum.beside += figures.beside
		sum.words += figures.words
		sum.found += figures.found
	}
	sum.print(s, "all")
	return nil
}

// documentFigures are of one reading.
type documentFigures struct {
	pages        int
	took, beside time.Duration // of the reader, and of pdftotext with its start; 0: it is not installed
	words, found int           // that pdftotext finds, and of these the reader
}

func (f documentFigures) print(s settings, name string) {
	beside, found := "–", "–"
	if f.beside > 0 {
		beside = fmt.Sprintf("%.0f", float64(f.pages)/f.beside.Seconds())
		found = fmt.Sprintf("%.1f %%", 100*float64(f.found)/float64(max(f.words, 1)))
	}
	fmt.Fprintf(s.out, "%-32s %6d %12.0f %14s %12s\n", name, f.pages, float64(f.pages)/f.took.Seconds(), beside, found)
}

// measureDocument reads a file s.rounds times and keeps the middle of the times.
func measureDocument(ctx context.Context, s settings, program, path string) (figures documentFigures, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return figures, err
	}
	var pages []reader.Page
	if figures.took, err = middle(s.rounds, func() (err error) {
		pages, err = reader.Read(ctx, reader.PDF, bytes.NewReader(data), reader.DefaultLimits())
		return err
	}); err != nil {
		return figures, err
	}
	figures.pages = len(pages)
	if program == "" {
		return figures, nil
	}
	var text []byte
	if figures.beside, err = middle(s.rounds, func() (err error) {
		text, err = exec.CommandContext(ctx, program, path, "-").Output()
		return err
	}); err != nil {
		return figures, errors.Join(errors.New("run pdftotext"), err)
	}
	ours := map[string]int{}
	for _, p := range pages {
		for _, b := range p.Blocks {
			countWords(ours, b.Text)
		}
	}
	theirs := map[string]int{}
	countWords(theirs, string(text))
	for word, times := range theirs {
		figures.words += times
		figures.found += min(times, ours[word])
	}
	return figures, nil
}

// middle runs work so often and returns the middle of its times.
func middle(rounds int, work func() error) (time.Duration, error) {
	var f figures
	for range rounds {
		began := time.Now()
		if err := work(); err != nil {
			return 0, err
		}
		f.took = append(f.took, time.Since(began))
	}
	return time.Duration(f.quantile(0.5) * float64(time.Millisecond)), nil
}

// countWords counts words of three letters or more, whatever the form in which their letters are drawn.
func countWords(words map[string]int, text string) {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) { // marks of direction, soft hyphens
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(text))
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if utf8.RuneCountInString(word) >= 3 {
			words[word]++
		}
	}
}
