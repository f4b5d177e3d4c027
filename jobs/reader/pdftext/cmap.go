package pdftext

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// cmap is a font's own table from codes to letters (ISO 32000-1, 9.10.3). Ranges stay ranges: a file of a few hundred bytes
// may name millions of codes.
type cmap struct {
	lengths [5]bool // codes of so many bytes exist
	spaces  []codeRange
	ranges  []codeRange // by first code
}

// codeRange is a run of codes of one length.
type codeRange struct {
	bytes    int
	low, top uint32
	to       []uint16 // letters of the first code, UTF-16; the last unit counts up
}

// Bounds of one table. The largest fonts have some ten thousands of letters; spaces are searched for every letter, and real
// tables have one to four.
const (
	maxRanges = 200_000
	maxSpaces = 100
)

// parseCMap reads what is there; a table that says nothing is nil.
func parseCMap(data []byte) *cmap {
	c := &cmap{}
	l := &lexer{data: data}
	var operands []any
	for {
		object, ok := l.next()
		if !ok || len(c.ranges) > maxRanges {
			break
		}
		operator, isOperator := object.(keyword)
		if !isOperator {
			operands = append(operands, object)
			continue
		}
		switch operator {
		case "endcodespacerange":
			c.addSpaces(operands)
		case "endbfchar":
			c.addChars(operands)
		case "endbfrange":
			c.addRanges(operands)
		}
		operands = operands[:0]
	}
	if len(c.ranges) == 0 {
		return nil
	}
	slices.SortStableFunc(c.ranges, func(a, b codeRange) int { return int(int64(a.low) - int64(b.low)) })
	return c
}

// code reads a code of one to four bytes.
func code(object any) (value uint32, length int, ok bool) {
	t, isText := object.(text)
	if !isText || len(t) == 0 || len(t) > 4 {
		return 0, 0, false
	}
	for _, b := range []byte(t) {
		value = value<<8 | uint32(b)
	}
	return value, len(t), true
}

// units reads letters written as big-endian UTF-16. One byte alone stands for itself, as pdfTeX writes it.
func units(object any) []uint16 {
	t, isText := object.(text)
	if !isText || len(t) == 0 || len(t) > 64 {
		return nil
	}
	if len(t) == 1 {
		return []uint16{uint16(t[0])}
	}
	var u []uint16
	for b := []byte(t); len(b) >= 2; b = b[2:] {
		u = append(u, binary.BigEndian.Uint16(b))
	}
	return u
}

func (c *cmap) addSpaces(operands []any) {
	for ; len(operands) >= 2; operands = operands[2:] {
		low, length, ok := code(operands[0])
		top, _, both := code(operands[1])
		if ok && both && len(c.spaces) < maxSpaces {
			c.lengths[length] = true
			c.spaces = append(c.spaces, codeRange{bytes: length, low: low, top: top})
		}
	}
}

func (c *cmap) addChars(operands []any) {
	for ; len(operands) >= 2; operands = operands[2:] {
		if value, length, ok := code(operands[0]); ok {
			c.ranges = append(c.ranges, codeRange{bytes: length, low: value, top: value, to: units(operands[1])})
		}
	}
}

func (c *cmap) addRanges(operands []any) {
	for ; len(operands) >= 3; operands = operands[3:] {
		low, length, ok := code(operands[0])
		top, _, both := code(operands[1])
		if !ok || !both || top < low {
			continue
		}
		each, isArray := operands[2].(array)
		if !isArray {
			c.ranges = append(c.ranges, codeRange{bytes: length, low: low, top: top, to: units(operands[2])})
			continue
		}
		for i, letters := range each {
			value := low + uint32(i)
			if value > top || value < low {
				break
			}
			c.ranges = append(c.ranges, codeRange{bytes: length, low: value, top: value, to: units(letters)})
		}
	}
}

// split takes the next code off a string: as long as the first range of codes that fits, else two bytes.
func (c *cmap) split(codes []byte) (value uint32, length int) {
	if c != nil {
		for n := 1; n <= 4 && n <= len(codes); n++ {
			value = value<<8 | uint32(codes[n-1])
			if c.lengths[n] && slices.ContainsFunc(c.spaces, func(s codeRange) bool {
				return s.bytes == n && value >= s.low && value <= s.top
			}) {
				return value, n
			}
		}
		value = 0
	}
	length = min(2, len(codes))
	for _, b := range codes[:length] {
		value = value<<8 | uint32(b)
	}
	return value, length
}

// letters returns what a code shows; ok is false when the table does not know it.
func (c *cmap) letters(value uint32) (string, bool) {
	if c == nil {
		return "", false
	}
	i, found := slices.BinarySearchFunc(c.ranges, value, func(r codeRange, v uint32) int { return int(int64(r.low) - int64(v)) })
	if !found {
		i--
	}
	if i < 0 || value > c.ranges[i].top || len(c.ranges[i].to) == 0 {
		return "", false
	}
	r := c.ranges[i]
	to := slices.Clone(r.to)
	to[len(to)-1] += uint16(value - r.low)
	return string(utf16.Decode(to)), true
}
