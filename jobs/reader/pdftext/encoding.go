package pdftext

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// letters says which letter each byte of a simple font stands for; "" where nobody knows.
type letters [256]string

// standardUpper is Adobe's standard encoding beyond ASCII (ISO 32000-1, annex D), in rows of sixteen from 0xA0 on. A space:
// nothing stands there.
const standardUpper = " ¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ" +
	" –†‡· ¶•‚„”»…‰ ¿" +
	" `´ˆ˜¯˘˙¨ ˚¸ ˝˛ˇ" +
	"—               " +
	" Æ ª    ŁØŒº    " +
	" æ   ı  łøœß    "

// baseLetters returns one of PDF's named encodings.
func baseLetters(encoding name) *letters {
	var l letters
	for c := byte(' '); c < 0x7f; c++ {
		l[c] = string(rune(c))
	}
	var table *charmap.Charmap
	switch encoding {
	case "MacRomanEncoding":
		table = charmap.Macintosh
	case "StandardEncoding":
		l['\''], l['`'] = "’", "‘"
		code := 0xa0
		for _, r := range standardUpper {
			if r != ' ' {
				l[code] = string(r)
			}
			code++
		}
		return &l
	default:
		table = charmap.Windows1252
	}
	for c := 0x80; c < 0x100; c++ {
		if r := table.DecodeByte(byte(c)); r != utf8.RuneError {
			l[c] = string(r)
		}
	}
	return &l
}

// named are the glyph names that are not made by rule (Adobe Glyph List), as far as price lists need them.
const named = `space  |exclam !|quotedbl "|numbersign #|dollar $|percent %|ampersand &|quotesingle '|parenleft (|parenright )` +
	`|asterisk *|plus +|comma ,|hyphen -|period .|slash /|zero 0|one 1|two 2|three 3|four 4|five 5|six 6|seven 7|eight 8|nine 9` +
	`|colon :|semicolon ;|less <|equal =|greater >|question ?|at @|bracketleft [|backslash \|bracketright ]|asciicircum ^` +
	`|underscore _|grave ` + "`" + `|braceleft {|asciitilde ~|braceright }|exclamdown ¡|cent ¢|sterling £|currency ¤|yen ¥` +
	`|brokenbar ¦|section §|dieresis ¨|copyright ©|ordfeminine ª|guillemotleft «|logicalnot ¬|registered ®|macron ¯|degree °` +
	`|plusminus ±|twosuperior ²|threesuperior ³|acute ´|mu µ|paragraph ¶|periodcentered ·|cedilla ¸|onesuperior ¹` +
	`|ordmasculine º|guillemotright »|onequarter ¼|onehalf ½|threequarters ¾|questiondown ¿|AE Æ|Eth Ð|multiply ×|Oslash Ø` +
	`|Thorn Þ|germandbls ß|ae æ|eth ð|divide ÷|oslash ø|thorn þ|dotlessi ı|Lslash Ł|lslash ł|OE Œ|oe œ|Dcroat Đ|dcroat đ` +
	`|florin ƒ|circumflex ˆ|tilde ˜|endash –|emdash —|quoteleft ‘|quoteright ’|quotesinglbase ‚|quotedblleft “|quotedblright ”` +
	`|quotedblbase „|dagger †|daggerdbl ‡|bullet •|ellipsis …|perthousand ‰|guilsinglleft ‹|guilsinglright ›|fraction ⁄` +
	`|Euro €|trademark ™|minus −|ff ff|fi fi|fl fl|ffi ffi|ffl ffl|nbspace  |sfthyphen -|fraction1 ⁄`

// accents by the names that follow a letter's in glyph names: "eacute" is e and an acute.
const accents = "grave \u0300|acute \u0301|circumflex \u0302|tilde \u0303|macron \u0304|breve \u0306|dotaccent \u0307|dieresis \u0308" +
	"|ring \u030a|hungarumlaut \u030b|caron \u030c|commaaccent \u0326|cedilla \u0327|ogonek \u0328"

// glyphNames turns names of glyphs into letters.
type glyphNames struct{ whole, accent map[string]string }

func newGlyphNames() glyphNames {
	table := func(list string) map[string]string {
		entries := map[string]string{}
		for _, entry := range strings.Split(list, "|") {
			key, letter, _ := strings.Cut(entry, " ")
			entries[key] = letter
		}
		return entries
	}
	return glyphNames{whole: table(named), accent: table(accents)}
}

// letter returns what a glyph of that name shows, "" if the name does not tell ("g42").
func (g glyphNames) letter(glyph name) string {
	n, _, _ := strings.Cut(string(glyph), ".") // "a.sc" is a small capital
	if letter, known := g.whole[n]; known {
		return letter
	}
	if len(n) == 1 {
		return n
	}
	for _, prefix := range []string{"uni", "u"} {
		if digits, found := strings.CutPrefix(n, prefix); found && len(digits) >= 4 && len(digits) <= 6 {
			if code, err := strconv.ParseUint(digits, 16, 32); err == nil && utf8.ValidRune(rune(code)) {
				return string(rune(code))
			}
		}
	}
	if len(n) > 1 {
		if accent, known := g.accent[n[1:]]; known {
			return norm.NFC.String(n[:1] + accent)
		}
	}
	return ""
}

// simpleLetters reads the encoding of a simple font: a name, or a base with differences.
func (f *file) simpleLetters(encoding any, symbolic bool) *letters {
	base := name("StandardEncoding")
	if symbolic {
		base = "WinAnsiEncoding"
	}
	if n := f.name(encoding); n != "" {
		return baseLetters(n)
	}
	d, isDict := f.dict(encoding)
	if !isDict {
		return baseLetters(base)
	}
	if n := f.name(d["BaseEncoding"]); n != "" {
		base = n
	}
	l := baseLetters(base)
	names, code := newGlyphNames(), 0
	for _, item := range f.array(d["Differences"]) {
		switch item := f.get(item).(type) {
		case float64:
			code = int(item)
		case name:
			if code >= 0 && code < len(l) {
				l[code] = names.letter(item)
			}
			code++
		}
	}
	return l
}
