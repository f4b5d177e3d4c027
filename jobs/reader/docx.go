package reader

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// archive is an open DOCX: a zip whose files are XML (ECMA-376).
type archive struct {
	files []*zip.File
	left  int64 // bytes that may still be unpacked
}

// readDOCX reads the body of a Word document: headings by style or outline level, paragraphs, tables, and rows where a
// paragraph has tabs. Notes, comments, heads and feet are not read, nor what was deleted while changes are tracked.
func (d *document) readDOCX(data []byte, limits Limits) error {
	opened, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return refuse(Damaged, nil)
	}
	if len(opened.File) > limits.Entries {
		return refuse(TooLarge, nil)
	}
	a := &archive{files: opened.File, left: limits.Inflated}
	body := a.find(func(name string) bool {
		directory, file := path.Split(name)
		return directory == "word/" && strings.HasPrefix(file, "document") && path.Ext(file) == ".xml"
	})
	if body == nil {
		return refuse(Unsupported, nil) // a spreadsheet, or any other archive
	}
	w := &word{document: d, levels: map[string]int{}}
	if styles := a.find(func(name string) bool { return name == "word/styles.xml" }); styles != nil {
		if err := a.walk(d, styles, w.readStyle); err != nil {
			return err
		}
	}
	return a.walk(d, body, w.read)
}

// find returns the first file whose name fits, compared in the spelling that Word uses.
func (a *archive) find(fits func(name string) bool) *zip.File {
	i := slices.IndexFunc(a.files, func(f *zip.File) bool { return fits(strings.TrimPrefix(f.Name, "/")) })
	if i < 0 {
		return nil
	}
	return a.files[i]
}

// errUnpacked is what walk's reader says when the allowance is used up.
var errUnpacked = errors.New("unpacked to more than it may")

// counted counts what is unpacked, whatever the archive's own table says about sizes.
type counted struct {
	source io.Reader
	left   *int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.source.Read(p)
	if *c.left -= int64(n); *c.left < 0 {
		return 0, errUnpacked
	}
	return n, err
}

// maxTokens of one XML file: elements, their ends and texts. A book of 500 pages has a tenth.
const maxTokens = 5_000_000

// walk hands every element and text of an XML file to read. Entities that the file declares are errors: encoding/xml knows
// none but XML's own, and fetches nothing.
func (a *archive) walk(d *document, f *zip.File, read func(xml.Token) error) error {
	opened, err := f.Open()
	if err != nil {
		return refuse(Damaged, nil) // encrypted or packed in a way that zip does not know
	}
	defer func() { _ = opened.Close() }() // nothing was written
	tokens := xml.NewDecoder(counted{source: opened, left: &a.left})
	for n := 0; ; n++ {
		token, err := tokens.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errUnpacked):
			return refuse(TooLarge, nil)
		case err != nil:
			return refuse(Damaged, nil) // its words quote the file
		}
		if n%4096 == 0 && d.ctx.Err() != nil {
			return d.ctx.Err()
		}
		if n > maxTokens {
			return refuse(TooLarge, nil)
		}
		if err := read(token); err != nil {
			return err
		}
	}
}

// word reads WordprocessingML.
type word struct {
	document *document
	levels   map[string]int // heading levels by the style's id

	style    string // of the style that is being read
	text     strings.Builder
	level    int // of the paragraph that is open
	visible  bool
	skipping int // depth within elements whose text is not the document's
	tables   int // how deep; the inner ones are text of their cell
	table    table
	row      []string
	cell     strings.Builder
}

// attribute returns an attribute by its local name: documents call the namespace what they like.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// readStyle learns which styles are headings. Their ids are translated ("berschrift1"), their names are not ("heading 1").
func (w *word) readStyle(token xml.Token) error {
	e, isStart := token.(xml.StartElement)
	if !isStart {
		return nil
	}
	switch e.Name.Local {
	case "style":
		w.style = attribute(e, "styleId")
	case "name":
		called := strings.ToLower(attribute(e, "val"))
		if level, found := strings.CutPrefix(called, "heading "); found {
			w.setLevel(level, 0)
		} else if called == "title" {
			w.levels[w.style] = 1
		}
	case "outlineLvl":
		if w.levels[w.style] == 0 {
			w.setLevel(attribute(e, "val"), 1)
		}
	}
	return nil
}

func (w *word) setLevel(number string, plus int) {
	if n, err := strconv.Atoi(number); err == nil && n+plus >= 1 && n+plus <= 9 {
		w.levels[w.style] = n + plus
	}
}

// read takes one token of the body.
func (w *word) read(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		if w.skipping > 0 {
			w.skipping++
			return nil
		}
		return w.open(t)
	case xml.EndElement:
		if w.skipping > 0 {
			w.skipping--
			return nil
		}
		return w.close(t.Name.Local)
	case xml.CharData:
		if w.visible && w.skipping == 0 {
			w.text.Write(t)
		}
	}
	return nil
}

func (w *word) open(e xml.StartElement) error {
	switch e.Name.Local {
	case "t":
		w.visible = true
	case "tab":
		w.text.WriteByte('\t')
	case "br", "cr":
		w.text.WriteByte('\n')
	case "noBreakHyphen":
		w.text.WriteByte('-')
	case "pStyle":
		w.level = w.levels[attribute(e, "val")]
	case "outlineLvl":
		if n, err := strconv.Atoi(attribute(e, "val")); err == nil && n >= 0 && n < 9 {
			w.level = n + 1
		}
	case "tabs", "Fallback", "sectPr", "del", "moveFrom": // stops of tabs, the same picture's text for old programs, what was deleted
		w.skipping = 1
	case "tblHeader":
		w.table.headed = w.table.headed || len(w.table.rows) == 0
	case "tbl":
		w.tables++
	}
	return nil
}

func (w *word) close(name string) error {
	switch name {
	case "t":
		w.visible = false
	case "p":
		return w.endParagraph()
	case "tc":
		if w.tables == 1 {
			w.row = append(w.row, w.cell.String())
			w.cell.Reset()
		}
	case "tr":
		if w.tables == 1 {
			w.table.rows = append(w.table.rows, w.row)
			w.row = nil
		}
	case "tbl":
		if w.tables--; w.tables == 0 {
			rows := w.table
			w.table = table{}
			return w.document.addTable(rows)
		}
	}
	return nil
}

// endParagraph adds a heading, a paragraph or its tabbed lines; in a table its text goes to the cell.
func (w *word) endParagraph() error {
	text, level := w.text.String(), w.level
	w.text.Reset()
	w.level = 0
	switch {
	case w.tables > 0:
		if w.cell.Len()+len(text) > w.document.left {
			return refuse(TooLarge, nil)
		}
		w.cell.WriteString(text + "\n")
		return nil
	case level > 0:
		return w.document.add(Heading, level, text)
	}
	return w.document.addTabbed(strings.Split(text, "\n"))
}
