package reader

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// table is rows of cells, with heads or without.
type table struct {
	rows   [][]string
	headed bool // the document says that the first row is heads
	loose  bool // cells are guessed from gaps: where rows differ in length, nobody knows which cell is whose
}

// maxCell is the longest cell, in bytes, that makes a row; tables with longer ones only arrange a page.
const maxCell = 600

// lines returns one block for each row. Each says what its cells are, so that it makes sense wherever the table is cut:
// "Service: Cleaning; Price: 80".
func (t table) lines() []Block {
	var heads []string
	rows := t.rows
	var blocks []Block
	if len(rows) > 1 && (t.headed || looksHeaded(rows)) && (!t.loose || isEven(rows)) {
		heads, rows = rows[0], rows[1:]
	}
	for _, row := range rows {
		blocks = append(blocks, rowBlocks(heads, row)...)
	}
	return blocks
}

// isEven is true when all rows have as many cells.
func isEven(rows [][]string) bool {
	for _, row := range rows {
		if len(row) != len(rows[0]) {
			return false
		}
	}
	return true
}

func rowBlocks(heads, row []string) []Block {
	var filled []string
	for _, cell := range row {
		if cell = clean(cell); cell != "" {
			filled = append(filled, cell)
		}
	}
	long := false
	for _, cell := range filled {
		long = long || len(cell) > maxCell
	}
	if len(filled) < 2 || long {
		var blocks []Block
		for _, cell := range filled {
			blocks = append(blocks, Block{Kind: Paragraph, Text: cell})
		}
		return blocks
	}
	if heads == nil || len(row) > len(heads) {
		return []Block{{Kind: Row, Text: oneLine(strings.Join(filled, " | "))}}
	}
	var named []string
	for i, cell := range row {
		if cell = clean(cell); cell == "" {
			continue
		}
		if head := strings.TrimRight(clean(heads[i]), ": "); head != "" {
			cell = head + ": " + cell
		}
		named = append(named, cell)
	}
	return []Block{{Kind: Row, Text: oneLine(strings.Join(named, "; "))}}
}

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", " ") }

// figureHeads are words that stand over columns of figures, in the languages of our clinics.
const figureHeads = " price prices fee fees cost costs amount rate rates duration time minutes preis preise kosten betrag dauer zeit honorar" +
	" precio precios coste importe duración tarifa tarifas prix montant durée tarif tarifs prezzo prezzi durata cena prijs duur "

// looksHeaded guesses whether the first row is heads: no figures, and one of the words that stand over figures above a column
// that is mostly figures. Nothing less will do: taking "Consultation | free" for heads would say something false about every
// row below it.
func looksHeaded(rows [][]string) bool {
	if len(rows[0]) < 2 || anyFigure(rows[0]) {
		return false
	}
	for column, head := range rows[0] {
		if isFigureHead(head) && mostlyFigures(rows[1:], column) {
			return true
		}
	}
	return false
}

func isFigureHead(head string) bool {
	for _, word := range strings.FieldsFunc(strings.ToLower(clean(head)), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if strings.Contains(figureHeads, " "+word+" ") {
			return true
		}
	}
	return false
}

func mostlyFigures(rows [][]string, column int) bool {
	figures, cells := 0, 0
	for _, row := range rows {
		if column < len(row) && clean(row[column]) != "" {
			cells++
			if isFigure(row[column]) {
				figures++
			}
		}
	}
	return figures*2 > cells
}

func anyFigure(row []string) bool {
	for _, cell := range row {
		if isFigure(cell) {
			return true
		}
	}
	return false
}

// isFigure is true for prices, durations and counts: "€ 80", "from 30 min", "1.200,00" begin with a figure, a sign or a small word
// before it.
func isFigure(cell string) bool {
	cell = strings.ToLower(strings.TrimSpace(cell))
	for _, word := range []string{"from ", "ab ", "ca. ", "approx. ", "desde ", "dès ", "eur ", "usd ", "gbp ", "chf "} {
		cell = strings.TrimPrefix(cell, word)
	}
	cell = strings.TrimLeftFunc(cell, func(r rune) bool {
		return unicode.In(r, unicode.Sc, unicode.Zs) || strings.ContainsRune("+-–~<>≈(", r)
	})
	r, _ := utf8.DecodeRuneInString(cell)
	return unicode.IsDigit(r)
}
