// Package pdftext reads the text of PDF files: lines with their cells, sizes and weights, page by page.
//
// It reads what a price list needs and nothing else: no pictures, no forms, no annotations, no passwords. It is written for
// hostile files: every loop is bounded by the file's length or by [Limits], references may run in circles, and what a
// stream inflates to is counted before it is kept (ISO 32000-1, sections 7 and 9).
package pdftext

import (
	"bytes"
	"context"
	"errors"
)

// The reasons for which a file is not read. Nothing of the file stands in them.
var (
	ErrDamaged   = errors.New("the PDF is damaged")
	ErrEncrypted = errors.New("the PDF is encrypted")
	ErrTooMuch   = errors.New("the PDF holds more than it may")
	ErrPages     = errors.New("the PDF has too many pages")
)

// maxObjects is the largest number of an object that we believe. Adobe's own limit is 8,388,607.
const maxObjects = 2_000_000

// Limits of one file.
type Limits struct {
	Pages    int   // more pages are refused
	Inflated int64 // bytes that all streams read may have together when unpacked
	Steps    int64 // operators of pages, forms within forms counted each time they are drawn
	Glyphs   int   // letters of the whole file
}

// file is an open PDF. It is used by one goroutine.
type file struct {
	ctx     context.Context // of the one call that reads it
	data    []byte
	entries map[int]entry
	trailer dict
	loaded  map[int]any
	loading map[int]bool // against objects that need themselves
	packed  map[int]*packedObjects
	fonts   map[ref]*font
	rebuilt bool
	left    Limits // what may still be used
}

// entry says where an object is: at an offset, or as the index-th of a stream of objects.
type entry struct {
	offset int
	within int // number of that stream, 0: none
	index  int
}

// open reads the table of objects, or makes one from the objects themselves where the table is wrong.
func open(ctx context.Context, data []byte, limits Limits) (*file, error) {
	f := &file{ctx: ctx, data: data, left: limits}
	f.forget()
	if err := f.readTables(); err != nil && !errors.Is(err, ErrDamaged) {
		return nil, err
	}
	if _, isDict := f.dict(f.trailer["Root"]); !isDict && f.trailer["Encrypt"] == nil {
		if err := f.rebuild(); err != nil {
			return nil, err
		}
	}
	if f.trailer["Encrypt"] != nil {
		return nil, ErrEncrypted
	}
	return f, nil
}

// forget empties what was read of the table and through it.
func (f *file) forget() {
	f.entries, f.trailer = map[int]entry{}, dict{}
	f.loaded, f.loading = map[int]any{}, map[int]bool{}
	f.packed, f.fonts = map[int]*packedObjects{}, map[ref]*font{}
}

// get follows references to the object itself; what is missing or needs itself is nil.
func (f *file) get(object any) any {
	for range 32 {
		r, isRef := object.(ref)
		if !isRef {
			return object
		}
		object = f.load(r.number)
	}
	return nil
}

func (f *file) dict(object any) (dict, bool) {
	switch o := f.get(object).(type) {
	case dict:
		return o, true
	case *stream:
		return o.dict, true
	}
	return nil, false
}

func (f *file) array(object any) array { a, _ := f.get(object).(array); return a }

func (f *file) name(object any) name { n, _ := f.get(object).(name); return n }

// number returns a number, else otherwise.
func (f *file) number(object any, otherwise float64) float64 {
	if n, isNumber := f.get(object).(float64); isNumber {
		return n
	}
	return otherwise
}

// load reads the object with that number, once.
func (f *file) load(number int) any {
	if object, known := f.loaded[number]; known {
		return object
	}
	at, known := f.entries[number]
	if !known || f.loading[number] || len(f.loading) > maxDepth {
		return nil
	}
	f.loading[number] = true
	defer delete(f.loading, number)
	var object any
	if at.within > 0 {
		object = f.loadPacked(at)
	} else {
		var found int
		found, object = f.objectAt(at.offset)
		if found != number && !f.rebuilt && f.rebuild() == nil { // the table points beside its objects
			return f.load(number)
		} else if found != number {
			object = nil
		}
	}
	f.loaded[number] = object
	return object
}

// objectAt reads "12 0 obj …" and returns the number, -1 when none begins there.
func (f *file) objectAt(offset int) (number int, object any) {
	if offset < 0 || offset >= len(f.data) {
		return -1, nil
	}
	l := &lexer{data: f.data, at: offset, refs: true}
	first, _ := l.next()
	l.next() // the generation
	obj, _ := l.next()
	n, isNumber := first.(float64)
	if !isNumber || obj != keyword("obj") || n < 0 || n > maxObjects {
		return -1, nil
	}
	object, _ = l.next()
	d, isDict := object.(dict)
	if !isDict {
		return int(n), object
	}
	if raw, hasStream := f.streamAt(l, d); hasStream {
		return int(n), &stream{dict: d, raw: raw}
	}
	return int(n), d
}

// streamAt returns the bytes behind a dictionary. A length that does not lead to "endstream" is not believed.
func (f *file) streamAt(l *lexer, d dict) ([]byte, bool) {
	l.skipSpace()
	if !bytes.HasPrefix(l.data[l.at:], []byte("stream")) {
		return nil, false
	}
	start := l.at + len("stream")
	if start < len(l.data) && l.data[start] == '\r' {
		start++
	}
	if start < len(l.data) && l.data[start] == '\n' {
		start++
	}
	start = min(start, len(l.data))
	if length := f.number(d["Length"], -1); length >= 0 && length <= float64(len(l.data)-start) {
		end := start + int(length)
		behind := &lexer{data: l.data[:min(end+40, len(l.data))], at: end}
		behind.skipSpace()
		if bytes.HasPrefix(behind.data[behind.at:], []byte("endstream")) {
			return l.data[start:end], true
		}
	}
	if end := bytes.Index(l.data[start:], []byte("endstream")); end >= 0 {
		return l.data[start : start+end], true
	}
	return l.data[start:], true
}

// packedObjects is a stream of objects, unpacked.
type packedObjects struct {
	data    []byte
	numbers []int
	offsets []int
}

// loadPacked reads an object out of a stream of objects.
func (f *file) loadPacked(at entry) any {
	objects := f.unpack(at.within)
	if objects == nil || at.index < 0 || at.index >= len(objects.offsets) {
		return nil
	}
	offset := objects.offsets[at.index]
	if offset < 0 || offset >= len(objects.data) {
		return nil
	}
	object, _ := (&lexer{data: objects.data, at: offset, refs: true}).next()
	return object
}

// unpack reads the head of a stream of objects: pairs of number and offset.
func (f *file) unpack(number int) *packedObjects {
	if objects, known := f.packed[number]; known {
		return objects
	}
	f.packed[number] = nil // a stream of objects cannot stand in itself
	s, isStream := f.load(number).(*stream)
	if !isStream {
		return nil
	}
	data, err := f.decode(s)
	if err != nil {
		return nil
	}
	first, count := int(f.number(s.dict["First"], 0)), int(f.number(s.dict["N"], 0))
	objects := &packedObjects{data: data}
	head := &lexer{data: data}
	for range min(count, len(data)/2) {
		number, ok := head.next()
		offset, more := head.next()
		n, isNumber := number.(float64)
		o, isOffset := offset.(float64)
		if !ok || !more || !isNumber || !isOffset {
			break
		}
		objects.numbers, objects.offsets = append(objects.numbers, int(n)), append(objects.offsets, first+int(o))
	}
	f.packed[number] = objects
	return objects
}
