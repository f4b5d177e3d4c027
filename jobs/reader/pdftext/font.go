package pdftext

import (
	"strings"
	"unicode/utf16"
)

// font turns the bytes that a page shows into letters and their widths.
type font struct {
	unicode *cmap    // the font's own table, if it has one
	letters *letters // of simple fonts, for what that table does not say
	ucs2    bool     // codes of a composite font are UTF-16
	wide    bool     // composite: codes of two bytes unless the table says otherwise
	widths  map[uint32]float64
	usual   float64 // width of codes not in widths, in thousandths of the size
	bold    bool
	scale   float64 // what a width is multiplied with: 1/1000, else what a Type 3 font says
}

// maxWidths a composite font may name: ranges of a few bytes cover all codes, again and again.
const maxWidths = 1 << 17

// glyph is one code of a string: its letters ("" if nobody knows) and its width in parts of the size.
type glyph struct {
	letters string
	width   float64
	space   bool // the one-byte code 32, which word spacing widens
}

// standardWidths are Helvetica's, from the space on, for the standard fonts that may come without widths (Adobe's metrics
// for the fourteen fonts). Times is a tenth narrower, which no gap between words depends on.
var standardWidths = [...]uint16{278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584}

// font reads a font's dictionary; fonts that many pages name are read once.
func (f *file) font(object any) *font {
	r, isRef := object.(ref)
	if isRef && f.fonts[r] != nil {
		return f.fonts[r]
	}
	d, _ := f.dict(object)
	read := f.readFont(d)
	if isRef {
		f.fonts[r] = read
	}
	return read
}

func (f *file) readFont(d dict) *font {
	n := &font{scale: 0.001, usual: 500, widths: map[uint32]float64{}}
	if s, isStream := f.get(d["ToUnicode"]).(*stream); isStream {
		if data, err := f.decode(s); err == nil {
			n.unicode = parseCMap(data)
		}
	}
	if f.name(d["Subtype"]) == "Type0" {
		f.readComposite(n, d)
	} else {
		f.readSimple(n, d)
	}
	return n
}

func (f *file) readComposite(n *font, d dict) {
	n.wide = true
	encoding := string(f.name(d["Encoding"]))
	n.ucs2 = strings.Contains(encoding, "UCS2") || strings.Contains(encoding, "UTF16")
	var inner dict
	if descendants := f.array(d["DescendantFonts"]); len(descendants) > 0 {
		inner, _ = f.dict(descendants[0])
	}
	n.bold = f.isBold(d, inner)
	n.usual = f.number(inner["DW"], 1000)
	f.readCIDWidths(n, f.array(inner["W"]))
}

// readCIDWidths reads "10 [500 600]" and "20 30 500". Codes stand for themselves: fonts embedded by writers of our days use
// Identity-H.
func (f *file) readCIDWidths(n *font, w array) {
	for named := 0.0; len(w) >= 2 && named < maxWidths; {
		first := f.number(w[0], -1)
		if each, isArray := f.get(w[1]).(array); isArray {
			for i, width := range each {
				n.widths[uint32(first)+uint32(i)] = f.number(width, n.usual)
			}
			named += float64(len(each))
			w = w[2:]
			continue
		}
		if len(w) < 3 {
			return
		}
		last, width := f.number(w[1], -1), f.number(w[2], n.usual)
		for code := max(first, 0); code <= last && code < 1<<16; code++ {
			n.widths[uint32(code)] = width
			named++
		}
		w = w[3:]
	}
}

func (f *file) readSimple(n *font, d dict) {
	descriptor, described := f.dict(d["FontDescriptor"])
	symbolic := f.name(d["Subtype"]) == "TrueType" || int64(f.number(descriptor["Flags"], 0))&4 != 0
	n.letters = f.simpleLetters(d["Encoding"], symbolic)
	n.bold = f.isBold(d, d)
	if f.name(d["Subtype"]) == "Type3" {
		n.scale = 0.001
		if matrix := f.array(d["FontMatrix"]); len(matrix) == 6 {
			n.scale = f.number(matrix[0], 0.001)
		}
	}
	widths := f.array(d["Widths"])
	if len(widths) == 0 {
		f.standardFont(n, string(f.name(d["BaseFont"])))
		return
	}
	if described {
		n.usual = f.number(descriptor["MissingWidth"], 0)
	}
	first := f.number(d["FirstChar"], 0)
	for i, width := range widths {
		if i > 255 {
			break
		}
		n.widths[uint32(first)+uint32(i)] = f.number(width, n.usual)
	}
}

// standardFont gives the widths of a font that every reader has.
func (f *file) standardFont(n *font, base string) {
	if strings.Contains(base, "Courier") {
		n.usual = 600
		return
	}
	n.usual = 556
	for i, width := range standardWidths {
		n.widths[uint32(' '+i)] = float64(width)
	}
}

// isBold asks the font's name and weight.
func (f *file) isBold(d, inner dict) bool {
	base := strings.ToLower(string(f.name(d["BaseFont"])))
	for _, word := range []string{"bold", "black", "heavy"} {
		if strings.Contains(base, word) {
			return true
		}
	}
	descriptor, _ := f.dict(inner["FontDescriptor"])
	return f.number(descriptor["FontWeight"], 400) >= 600 || int64(f.number(descriptor["Flags"], 0))&(1<<18) != 0
}

// next takes one glyph off the string. It always takes at least a byte.
func (n *font) next(codes []byte) (glyph, []byte) {
	value, length := uint32(codes[0]), 1 // of simple fonts, even if their table speaks of two bytes
	if n.wide {
		value, length = n.unicode.split(codes)
	}
	g := glyph{space: length == 1 && value == ' '}
	width, known := n.widths[value]
	if !known {
		width = n.usual
	}
	g.width = width * n.scale
	letters, known := n.unicode.letters(value)
	switch {
	case known:
		g.letters = letters
	case n.letters != nil && value < 256:
		g.letters = n.letters[value]
	case n.ucs2:
		g.letters = string(utf16.Decode([]uint16{uint16(value)}))
	}
	return g, codes[length:]
}
