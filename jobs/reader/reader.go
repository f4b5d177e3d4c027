// Package reader reads the documents that a clinic uploads: price lists, leaflets, house rules. It gives their text with
// headings and rows of tables kept apart, page by page where a format has pages.
//
// Documents come from strangers. [Read] bounds what it takes by [Limits]; [Child] does the same in a process of its own,
// so that a file which finds a mistake in a parser costs that process and nothing else. See docs/decisions/0022.
package reader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Kind is a format.
type Kind string

// The formats that are read.
const (
	PDF      Kind = "pdf"
	DOCX     Kind = "docx"
	HTML     Kind = "html"
	CSV      Kind = "csv" // with commas, semicolons, tabs or bars
	Markdown Kind = "md"
	Text     Kind = "txt"
)

// Page is a page of a document, or all of it.
type Page struct {
	Number int     `json:"number"` // from 1 on; 0: the format has no pages
	Blocks []Block `json:"blocks"` // in reading order
}

// BlockKind is what a block is.
type BlockKind string

// The kinds of blocks.
const (
	Heading   BlockKind = "heading"
	Paragraph BlockKind = "paragraph"
	Row       BlockKind = "row" // of a table: "Service: Cleaning; Price: 80", or "Cleaning | 80" when it has no heads
)

// Block is a piece of text that belongs together. Text is valid UTF-8 in normal form C, never empty, without control characters
// but line feeds, and without runs of spaces.
type Block struct {
	Kind  BlockKind `json:"kind"`
	Level int       `json:"level,omitempty"` // of headings: 1 is the highest, 6 the lowest
	Text  string    `json:"text"`
}

// Limits of one document. The zero value of a field is no limit of 0 but refuses everything: begin with [DefaultLimits].
type Limits struct {
	Bytes    int64         `json:"bytes"`    // of the file
	Inflated int64         `json:"inflated"` // bytes that everything packed in it may have together when unpacked
	Entries  int           `json:"entries"`  // files in an archive
	Pages    int           `json:"pages"`
	Text     int           `json:"text"` // bytes of text that come out
	Time     time.Duration `json:"time"`
}

// DefaultLimits take a catalogue of some hundred pages and refuse libraries.
func DefaultLimits() Limits {
	return Limits{Bytes: 20 << 20, Inflated: 100 << 20, Entries: 5000, Pages: 500, Text: 5 << 20, Time: 30 * time.Second}
}

// Read reads a document whose kind [Sniff] told.
//
// Errors: a [*Refusal] when the document is at fault, for the clinic to be told; the context's error when ctx ended; errors
// of r. Formats that are packed or marked up are parsed here, in this process: use [Child] for what strangers sent.
func Read(ctx context.Context, kind Kind, r io.Reader, limits Limits) ([]Page, error) {
	data, err := take(r, limits)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeoutCause(ctx, limits.Time, errTime)
	defer cancel()
	pages, err := parse(limited, kind, data, limits)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("reading the document: %w", ctx.Err())
	case context.Cause(limited) == errTime: // whatever the parser makes of it
		return nil, refuse(TookTooLong, err)
	case err != nil:
		return nil, err
	}
	return checked(pages, limits)
}

// take reads the file itself.
func take(r io.Reader, limits Limits) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limits.Bytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the document: %w", err)
	case int64(len(data)) > limits.Bytes:
		return nil, refuse(TooLarge, nil)
	case len(bytes.TrimSpace(data)) == 0:
		return nil, refuse(Empty, nil)
	}
	return data, nil
}

var errTime = errors.New("the time of the document is over")

// parse calls the reader of the format. A panic there is a mistake of ours or of a library, and the document's refusal.
func parse(ctx context.Context, kind Kind, data []byte, limits Limits) (pages []Page, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			pages, err = nil, refuse(Damaged, fmt.Errorf("panic in the reader of %s", kind))
		}
	}()
	d := &document{ctx: ctx, left: limits.Text}
	switch kind {
	case PDF:
		return readPDF(ctx, data, limits)
	case DOCX:
		err = d.readDOCX(data, limits)
	case HTML:
		err = d.readHTML(decodeText(data))
	case CSV:
		err = d.readCSV(decodeText(data))
	case Markdown:
		err = d.readMarkdown(decodeText(data))
	case Text:
		err = d.readText(decodeText(data))
	default:
		err = refuse(Unsupported, nil)
	}
	if err != nil {
		return nil, err
	}
	return []Page{{Blocks: d.blocks}}, nil
}

// checked refuses what holds no text, or too much.
func checked(pages []Page, limits Limits) ([]Page, error) {
	total := 0
	for _, p := range pages {
		for _, b := range p.Blocks {
			total += len(b.Text)
		}
	}
	switch {
	case total == 0:
		return nil, refuse(Empty, nil)
	case total > limits.Text:
		return nil, refuse(TooLarge, nil)
	}
	return pages, nil
}
