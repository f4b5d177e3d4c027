package pdftext

import (
	"bytes"
)

// maxTables bounds the chain of tables; each saving of a file adds one.
const maxTables = 1000

// readTables follows the tables of objects from the newest to the oldest; the newest word on an object counts.
func (f *file) readTables() error {
	tail := f.data[max(0, len(f.data)-2048):]
	mark := bytes.LastIndex(tail, []byte("startxref"))
	if mark < 0 {
		return ErrDamaged
	}
	start, _ := (&lexer{data: tail, at: mark + len("startxref")}).next()
	offset, isNumber := start.(float64)
	seen := map[int]bool{}
	for isNumber && len(seen) < maxTables {
		at := int(offset)
		if at < 0 || at >= len(f.data) || seen[at] {
			break
		}
		seen[at] = true
		trailer, err := f.readTable(at)
		if err != nil {
			return err
		}
		if hybrid, has := trailer["XRefStm"].(float64); has && hybrid >= 0 && int(hybrid) < len(f.data) && !seen[int(hybrid)] {
			seen[int(hybrid)] = true
			if _, err := f.readTable(int(hybrid)); err != nil {
				return err
			}
		}
		for key, value := range trailer {
			if _, newer := f.trailer[key]; !newer {
				f.trailer[key] = value
			}
		}
		offset, isNumber = trailer["Prev"].(float64)
	}
	if len(f.entries) == 0 {
		return ErrDamaged
	}
	return nil
}

// readTable reads one table, of either kind, and returns its trailer.
func (f *file) readTable(at int) (dict, error) {
	l := &lexer{data: f.data, at: at, refs: true}
	l.skipSpace()
	if bytes.HasPrefix(l.data[l.at:], []byte("xref")) {
		l.at += len("xref")
		return f.readClassic(l)
	}
	_, object := f.objectAt(l.at)
	s, isStream := object.(*stream)
	if !isStream {
		return nil, ErrDamaged
	}
	return s.dict, f.readPackedTable(s)
}

// readClassic reads the lines of a table: "0000000016 00000 n".
func (f *file) readClassic(l *lexer) (dict, error) {
	for {
		first, ok := l.next()
		if !ok {
			return nil, ErrDamaged
		}
		if first == keyword("trailer") {
			object, _ := l.next()
			trailer, isDict := object.(dict)
			if !isDict {
				return nil, ErrDamaged
			}
			return trailer, nil
		}
		start, isStart := first.(float64)
		second, _ := l.next()
		count, isCount := second.(float64)
		if !isStart || !isCount || start < 0 || start > maxObjects {
			return nil, ErrDamaged
		}
		if err := f.readLines(l, int(start), int(count)); err != nil {
			return nil, err
		}
	}
}

func (f *file) readLines(l *lexer, start, count int) error {
	for i := 0; i < count; i++ {
		offset, _ := l.next()
		l.next()
		kind, ok := l.next()
		at, isNumber := offset.(float64)
		if !ok || !isNumber || start+i > maxObjects {
			return ErrDamaged // a count that was never true
		}
		if kind == keyword("n") {
			f.note(start+i, entry{offset: int(at)})
		}
	}
	return nil
}

// note remembers where an object is, unless a newer table said so already.
func (f *file) note(number int, at entry) {
	if _, known := f.entries[number]; !known {
		f.entries[number] = at
	}
}

// readPackedTable reads a stream that is a table: records of three numbers, each of as many bytes as /W says.
func (f *file) readPackedTable(s *stream) error {
	data, err := f.decode(s)
	if err != nil {
		return err
	}
	var width [3]int
	total := 0
	for i, w := range f.array(s.dict["W"]) {
		if n, isNumber := w.(float64); i < 3 && isNumber && n >= 0 && n <= 8 {
			width[i] = int(n)
			total += int(n)
		}
	}
	if total == 0 {
		return ErrDamaged
	}
	index := f.array(s.dict["Index"])
	if len(index) == 0 {
		index = array{0.0, f.number(s.dict["Size"], 0)}
	}
	for i := 0; i+1 < len(index); i += 2 {
		start, count := f.number(index[i], 0), f.number(index[i+1], 0)
		for j := 0; float64(j) < count && len(data) >= total; j++ {
			number := int(start) + j
			if number < 0 || number > maxObjects {
				return ErrDamaged
			}
			f.noteRecord(number, data[:total], width)
			data = data[total:]
		}
	}
	return nil
}

func (f *file) noteRecord(number int, record []byte, width [3]int) {
	var field [3]int
	field[0] = 1 // a missing first field means an object at an offset
	for i, w := range width {
		if w > 0 {
			field[i] = 0
		}
		for range w {
			field[i] = field[i]<<8 | int(record[0])
			record = record[1:]
		}
	}
	switch field[0] {
	case 1:
		f.note(number, entry{offset: field[1]})
	case 2:
		if field[1] > 0 && field[1] <= maxObjects {
			f.note(number, entry{within: field[1], index: field[2]})
		}
	}
}

// rebuild finds the objects themselves, in one pass, when no table leads to them. The last of several with one number counts,
// as after a saving.
func (f *file) rebuild() error {
	f.forget()
	f.rebuilt = true
	var streams []int
	for at := 0; ; {
		next := bytes.Index(f.data[at:], []byte(" obj"))
		if next < 0 {
			break
		}
		end := at + next
		at = end + len(" obj")
		number, start, found := objectBefore(f.data[:end])
		if !found {
			continue
		}
		f.entries[number] = entry{offset: start}
		streams = append(streams, number)
	}
	if err := f.findTrailers(); err != nil {
		return err
	}
	return f.findPacked(streams)
}

// objectBefore reads "12 0" backwards from the end.
func objectBefore(data []byte) (number, start int, found bool) {
	i := len(data)
	for i > 0 && len(data)-i < 6 && data[i-1] >= '0' && data[i-1] <= '9' {
		i--
	}
	if i == len(data) || i == 0 || !isSpace(data[i-1]) {
		return 0, 0, false
	}
	for i > 0 && isSpace(data[i-1]) && len(data)-i < 16 {
		i--
	}
	end := i
	for i > 0 && end-i < 8 && data[i-1] >= '0' && data[i-1] <= '9' {
		i--
	}
	n, isNumber := parseNumber(data[i:end])
	if !isNumber || i == end || n > maxObjects {
		return 0, 0, false
	}
	return int(n), i, true
}

// findTrailers takes every trailer together; the last word counts.
func (f *file) findTrailers() error {
	for at := 0; ; {
		next := bytes.Index(f.data[at:], []byte("trailer"))
		if next < 0 || f.ctx.Err() != nil {
			return f.ctx.Err()
		}
		at += next + len("trailer")
		object, _ := (&lexer{data: f.data, at: at, refs: true}).next()
		if trailer, isDict := object.(dict); isDict {
			for key, value := range trailer {
				f.trailer[key] = value
			}
		}
	}
}

// findPacked looks into the streams of objects, and takes the catalogue and the note of encryption from wherever they are.
func (f *file) findPacked(numbers []int) error {
	for _, number := range numbers {
		if f.ctx.Err() != nil {
			return f.ctx.Err()
		}
		d, isDict := f.dict(ref{number: number})
		if !isDict {
			continue
		}
		switch f.name(d["Type"]) {
		case "XRef":
			for _, key := range []name{"Root", "Encrypt"} {
				if d[key] != nil {
					f.trailer[key] = d[key]
				}
			}
		case "ObjStm":
			if objects := f.unpack(number); objects != nil {
				for i, inner := range objects.numbers {
					f.note(inner, entry{within: number, index: i})
				}
			}
		case "Catalog":
			if f.trailer["Root"] == nil {
				f.trailer["Root"] = ref{number: number}
			}
		}
		if f.left.Inflated < 0 {
			return ErrTooMuch
		}
	}
	if f.trailer["Root"] == nil {
		return f.findCatalog()
	}
	return nil
}

// findCatalog is the last resort: the catalogue is packed and nothing names it.
func (f *file) findCatalog() error {
	for number := range f.entries {
		if d, isDict := f.dict(ref{number: number}); isDict && f.name(d["Type"]) == "Catalog" {
			f.trailer["Root"] = ref{number: number}
			return nil
		}
	}
	return ErrDamaged
}
