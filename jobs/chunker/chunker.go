// Package chunker cuts a document that [reader.Read] read into pieces that are searched one by one: each is about a page of a
// notebook, begins and ends where the text does, and keeps the headings it stands under.
//
// The same document gives the same chunks, always: what a clinic uploads again unchanged needs no new vectors.
package chunker

import (
	"strings"

	"github.com/voxanne-ai/voxanne/jobs/reader"
)

// Sizes of chunks, in tokens as [Tokens] counts them. Models of embeddings take 512 at least; answers get better with a few whole
// paragraphs than with many sentences torn out of theirs.
const (
	Enough  = 300 // from here on a chunk ends with the next paragraph or row
	Most    = 500 // no chunk is larger
	Overlap = 60  // of the sentences before, at most, that a chunk in the middle of a paragraph repeats
)

// Chunk is a piece of one document.
type Chunk struct {
	Page     int      // where it stands, headings above it aside, from 1 on; 0: the document has no pages
	Headings []string // that it stands under, the highest first; those within it are part of Text. Its vector is made of both: app.knowledge_to_embed
	Text     string   // paragraphs, rows and headings, a line each; never empty
	Overlap  int      // bytes at the beginning of Text that the chunk before ends with
	Tokens   int      // of Text
}

// Cut cuts the pages of one document. Every word of every block is in exactly one chunk, in order, beside what [Chunk.Overlap]
// repeats. A row is never parted unless it alone is larger than [Most]. No chunk runs over the end of a page: who is answered from it is told
// where to look.
func Cut(pages []reader.Page) []Chunk {
	c := &cutter{}
	for _, page := range pages {
		for _, block := range page.Blocks {
			for _, piece := range c.pieces(page.Number, block) {
				c.add(piece)
			}
		}
	}
	c.close()
	return c.chunks
}

// piece is a heading, a row or a sentence.
type piece struct {
	text     string
	tokens   int
	page     int
	first    bool // of its block: a line begins
	sentence bool // may be repeated
	heading  int  // its level, 0 for others
	trail    []string
}

// cutter fills one chunk after another.
type cutter struct {
	chunks   []Chunk
	open     []piece
	tokens   int // of open
	repeated int // pieces at the beginning of open that the chunk before ends with
	trail    []reader.Block
}

// pieces parts a block, and follows the headings.
func (c *cutter) pieces(page int, block reader.Block) []piece {
	trail := c.names()
	if block.Kind == reader.Heading {
		for len(c.trail) > 0 && c.trail[len(c.trail)-1].Level >= block.Level {
			c.trail = c.trail[:len(c.trail)-1]
		}
		trail = c.names()
		c.trail = append(c.trail, block)
	}
	texts := []string{block.Text}
	if block.Kind == reader.Paragraph {
		texts = sentences(block.Text)
	}
	var pieces []piece
	for _, text := range texts {
		for _, part := range fitting(text) {
			pieces = append(pieces, piece{text: part, tokens: Tokens(part) + 1, page: page, first: len(pieces) == 0,
				sentence: block.Kind == reader.Paragraph, heading: block.Level, trail: trail})
		}
	}
	return pieces
}

func (c *cutter) names() []string {
	var names []string
	for _, h := range c.trail {
		names = append(names, h.Text)
	}
	return names
}

// add puts a piece into the open chunk, after closing it where the piece should begin another.
func (c *cutter) add(p piece) {
	enough := p.first && (c.tokens >= Enough || c.turns(p))
	if len(c.open) > c.repeated && (enough || c.tokens+p.tokens > Most) {
		c.next(p)
	}
	c.open = append(c.open, p)
	c.tokens += p.tokens
}

// turns is true when p begins another page than the open text; headings alone go with what they head.
func (c *cutter) turns(p piece) bool {
	for _, o := range c.open {
		if o.heading == 0 {
			return o.page != p.page
		}
	}
	return false
}

// next closes the chunk before p. Headings at its end move on with what they head, and inside a paragraph the last
// sentences are repeated.
func (c *cutter) next(p piece) {
	end := len(c.open)
	for end > c.repeated && c.open[end-1].heading > 0 {
		end--
	}
	if end == c.repeated { // headings alone fill a chunk: let them
		end = len(c.open)
	}
	moved := append([]piece{}, c.open[end:]...)
	var again []piece
	if !p.first && len(moved) == 0 {
		again = lastSentences(c.open[c.repeated:end], Most-p.tokens)
	}
	c.open = c.open[:end]
	c.close()
	c.open, c.repeated = append(again, moved...), len(again)
	for _, o := range c.open {
		c.tokens += o.tokens
	}
	if c.tokens+p.tokens > Most {
		c.close()
	}
}

// lastSentences returns sentences of the paragraph that goes on, as many as the overlap and the room allow.
func lastSentences(pieces []piece, room int) []piece {
	tokens, start := 0, len(pieces)
	for start > 1 && pieces[start-1].sentence && !pieces[start-1].first {
		if tokens += pieces[start-1].tokens; tokens > min(Overlap, room) {
			break
		}
		start--
	}
	return append([]piece{}, pieces[start:]...)
}

// close makes a chunk of what is open, unless it holds nothing new.
func (c *cutter) close() {
	if len(c.open) > c.repeated {
		chunk := Chunk{Page: c.open[len(c.open)-1].page, Headings: c.open[0].trail}
		var text strings.Builder
		for i, p := range c.open {
			if i == c.repeated {
				chunk.Overlap = text.Len()
			}
			switch {
			case i > 0 && p.first:
				text.WriteByte('\n')
			case i > 0:
				text.WriteByte(' ')
			}
			text.WriteString(p.text)
		}
		chunk.Text = text.String()
		chunk.Tokens = Tokens(chunk.Text)
		c.chunks = append(c.chunks, chunk)
	}
	c.open, c.tokens, c.repeated = nil, 0, 0
}
