package reader

import (
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxTag is the longest tag or run of text, in bytes, that is taken in one piece.
const maxTag = 4 << 20

// web reads a page token by token. No tree is built: that takes memory, and on hostile pages the square of their length.
type web struct {
	document *document
	text     strings.Builder // of the paragraph, heading or cell that is open
	heading  int             // its level, 0 outside
	skipping []atom.Atom     // elements whose text nobody sees
	tables   int             // how deep; the inner ones are text of their cell
	table    table
	row      []string
	inCell   bool
	heads    int // cells of the row that are heads
}

// readHTML reads headings, paragraphs, items of lists and tables. Scripts, styles and what browsers do not show are dropped.
func (d *document) readHTML(page string) error {
	w := &web{document: d}
	tokens := html.NewTokenizer(strings.NewReader(page))
	tokens.SetMaxBuf(maxTag)
	for n := 0; ; n++ {
		kind := tokens.Next()
		if n%4096 == 0 && d.ctx.Err() != nil {
			return d.ctx.Err()
		}
		var err error
		switch kind {
		case html.ErrorToken:
			if !errors.Is(tokens.Err(), io.EOF) {
				return refuse(TooLarge, nil)
			}
			return w.end()
		case html.TextToken:
			err = w.write(string(tokens.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			tag, more := tokens.TagName()
			err = w.open(atom.Lookup(tag), kind == html.SelfClosingTagToken, more && hidden(tokens))
		case html.EndTagToken:
			tag, _ := tokens.TagName()
			err = w.close(atom.Lookup(tag))
		}
		if err != nil {
			return err
		}
	}
}

// hidden looks for the attribute of that name.
func hidden(tokens *html.Tokenizer) bool {
	for {
		key, _, more := tokens.TagAttr()
		if string(key) == "hidden" {
			return true
		}
		if !more {
			return false
		}
	}
}

func (w *web) write(text string) error {
	if len(w.skipping) > 0 {
		return nil
	}
	if w.text.Len()+len(text) > w.document.left+maxTag {
		return refuse(TooLarge, nil)
	}
	w.text.WriteString(strings.Map(func(r rune) rune { // line ends of the source are spaces
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, text))
	return nil
}

func isVoid(tag atom.Atom) bool {
	switch tag {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Source,
		atom.Track, atom.Wbr, 0:
		return true
	}
	return false
}

func (w *web) open(tag atom.Atom, closed, hidden bool) error {
	if len(w.skipping) > 0 {
		if tag == w.skipping[0] && !closed {
			w.skipping = append(w.skipping, tag)
		}
		return nil
	}
	switch tag {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Head, atom.Math, atom.Iframe, atom.Object, atom.Canvas,
		atom.Select, atom.Textarea:
		hidden = true
	}
	if hidden && !closed && !isVoid(tag) {
		w.skipping = append(w.skipping, tag)
		return nil
	}
	switch tag {
	case atom.Br:
		w.text.WriteByte('\n')
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		err := w.flush()
		w.heading = int(tag.String()[1] - '0')
		return err
	case atom.Table:
		err := w.flush()
		w.tables++
		return err
	case atom.Tr:
		return w.endRow()
	case atom.Td, atom.Th:
		return w.openCell(tag)
	default:
		if isBlock(tag) {
			return w.flush()
		}
	}
	return nil
}

func (w *web) close(tag atom.Atom) error {
	if last := len(w.skipping) - 1; last >= 0 {
		if tag == w.skipping[last] {
			w.skipping = w.skipping[:last]
		} else if tag == atom.Body || tag == atom.Html {
			w.skipping = nil
		}
		return nil
	}
	switch tag {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		err := w.flush()
		w.heading = 0
		return err
	case atom.Td, atom.Th:
		return w.closeCell()
	case atom.Tr:
		return w.endRow()
	case atom.Table:
		return w.endTable()
	default:
		if isBlock(tag) {
			return w.flush()
		}
	}
	return nil
}

func isBlock(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Aside, atom.Ul, atom.Ol,
		atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Blockquote, atom.Pre, atom.Hr, atom.Form, atom.Fieldset, atom.Address, atom.Figure,
		atom.Figcaption, atom.Caption, atom.Details, atom.Summary, atom.Body, atom.Html, atom.Title:
		return true
	}
	return false
}

// flush ends a paragraph or heading. In a table its text stays in the cell.
func (w *web) flush() error {
	if w.tables > 0 {
		w.text.WriteByte('\n')
		return nil
	}
	text := w.text.String()
	w.text.Reset()
	if w.heading > 0 {
		return w.document.add(Heading, w.heading, text)
	}
	return w.document.add(Paragraph, 0, text)
}

func (w *web) openCell(tag atom.Atom) error {
	if w.tables != 1 {
		w.text.WriteByte(' ')
		return nil
	}
	if err := w.closeCell(); err != nil {
		return err
	}
	w.inCell = true
	if tag == atom.Th {
		w.heads++
	}
	return nil
}

// closeCell ends a cell of the outermost table. What stands between cells, a caption for one, is a paragraph.
func (w *web) closeCell() error {
	if w.tables != 1 {
		return nil
	}
	text := w.text.String()
	w.text.Reset()
	if !w.inCell {
		return w.document.add(Paragraph, 0, text)
	}
	w.inCell = false
	w.row = append(w.row, text)
	return nil
}

func (w *web) endRow() error {
	if w.tables != 1 {
		w.text.WriteByte('\n')
		return nil
	}
	if err := w.closeCell(); err != nil {
		return err
	}
	if len(w.row) > 0 {
		if len(w.table.rows) == 0 {
			w.table.headed = w.heads == len(w.row)
		}
		w.table.rows = append(w.table.rows, w.row)
	}
	w.row, w.heads = nil, 0
	return nil
}

func (w *web) endTable() error {
	if w.tables == 1 {
		if err := w.endRow(); err != nil {
			return err
		}
		rows := w.table
		w.table, w.tables = table{}, 0
		return w.document.addTable(rows)
	}
	w.tables = max(0, w.tables-1)
	return nil
}

// end adds what was never closed.
func (w *web) end() error {
	for w.tables > 1 {
		w.tables--
	}
	if err := w.endTable(); err != nil {
		return err
	}
	return w.flush()
}
