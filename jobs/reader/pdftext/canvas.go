package pdftext

import (
	"bytes"
	"math"
)

// matrix maps points: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float64

// times applies m first, then n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// rotation is how the page is turned before it is looked at, in degrees clockwise.
func rotation(degrees float64) matrix {
	switch math.Mod(math.Mod(degrees, 360)+360, 360) {
	case 90:
		return matrix{0, -1, 1, 0, 0, 0}
	case 180:
		return matrix{-1, 0, 0, -1, 0, 0}
	case 270:
		return matrix{0, 1, -1, 0, 0, 0}
	}
	return matrix{1, 0, 0, 1, 0, 0}
}

// shown is one glyph on the page.
type shown struct {
	letters     string
	x, y, width float64
	size        float64
	bold        bool
	run         int     // the string that it was written in
	start       float64 // where that begins
}

// state is what q keeps and Q brings back.
type state struct {
	matrix              matrix
	font                *font
	size, spacing, word float64
	stretch, rise, lead float64
}

// canvas carries out the operators of a page that have to do with text.
type canvas struct {
	file     *file
	matrix   matrix
	state    state
	saved    []state
	text     matrix     // where the next glyph goes
	line     matrix     // where the line began
	shown    [4][]shown // by where the text runs: right, up, left, down; each turned so that it runs to the right
	runs     int
	begun    float64 // where the string that is being written begins
	pictures int
	unknown  int
}

// maxForms is how deeply forms may stand in forms, maxSaved how many states may be kept, formSteps what drawing a form costs: it is
// unpacked each time.
const (
	maxForms  = 12
	maxSaved  = 512
	formSteps = 500
)

// draw carries out a page's or a form's operators.
func (c *canvas) draw(content []byte, resources any, depth int) error {
	if depth == 0 {
		c.state = state{matrix: c.matrix, stretch: 1}
	}
	have, _ := c.file.dict(resources)
	l := &lexer{data: content}
	var operands []any
	for n := 0; ; n++ {
		object, ok := l.next()
		if !ok {
			return nil
		}
		operator, isOperator := object.(keyword)
		if !isOperator {
			if len(operands) < 64 {
				operands = append(operands, object)
			}
			continue
		}
		if c.file.left.Steps--; c.file.left.Steps < 0 {
			return ErrTooMuch
		}
		if n%4096 == 0 && c.file.ctx.Err() != nil {
			return c.file.ctx.Err()
		}
		if err := c.operate(string(operator), operands, have, l, depth); err != nil {
			return err
		}
		operands = operands[:0]
	}
}

// operate carries out one operator (ISO 32000-1, annex A).
func (c *canvas) operate(operator string, operands []any, resources dict, l *lexer, depth int) error {
	switch operator {
	case "q":
		if len(c.saved) < maxSaved {
			c.saved = append(c.saved, c.state)
		}
	case "Q":
		if last := len(c.saved) - 1; last >= 0 {
			c.state, c.saved = c.saved[last], c.saved[:last]
		}
	case "cm":
		c.state.matrix = matrixOf(operands).times(c.state.matrix)
	case "BT":
		c.text, c.line = matrix{1, 0, 0, 1, 0, 0}, matrix{1, 0, 0, 1, 0, 0}
	case "Do":
		return c.paint(operands, resources, depth)
	case "BI":
		c.skipPicture(l)
	default:
		return c.operateText(operator, operands, resources)
	}
	return nil
}

func (c *canvas) operateText(operator string, operands []any, resources dict) error {
	switch operator {
	case "Tf":
		c.chooseFont(operands, resources)
	case "Tc":
		c.state.spacing = operand(operands, 0)
	case "Tw":
		c.state.word = operand(operands, 0)
	case "Tz":
		c.state.stretch = operand(operands, 0) / 100
	case "TL":
		c.state.lead = operand(operands, 0)
	case "Ts":
		c.state.rise = operand(operands, 0)
	case "Tm":
		c.line = matrixOf(operands)
		c.text = c.line
	case "TD":
		c.state.lead = -operand(operands, 1)
		c.move(operand(operands, 0), operand(operands, 1))
	case "Td":
		c.move(operand(operands, 0), operand(operands, 1))
	case "T*":
		c.move(0, -c.state.lead)
	case "'":
		c.move(0, -c.state.lead)
		return c.show(last(operands))
	case `"`:
		c.state.word, c.state.spacing = operand(operands, 0), operand(operands, 1)
		c.move(0, -c.state.lead)
		return c.show(last(operands))
	case "Tj", "TJ":
		return c.show(last(operands))
	}
	return nil
}

// move goes to another line.
func (c *canvas) move(x, y float64) {
	c.line = matrix{1, 0, 0, 1, x, y}.times(c.line)
	c.text = c.line
}

func (c *canvas) chooseFont(operands []any, resources dict) {
	if len(operands) < 2 {
		return
	}
	fonts, _ := c.file.dict(resources["Font"])
	called, _ := operands[0].(name)
	c.state.font, c.state.size = c.file.font(fonts[called]), operand(operands, 1)
}

// show writes a string, or strings with corrections between them.
func (c *canvas) show(object any) error {
	parts, isArray := object.(array)
	if !isArray {
		parts = array{object}
	}
	c.runs++
	for _, part := range parts {
		switch part := part.(type) {
		case float64:
			c.advance(-part / 1000 * c.state.size * c.state.stretch)
		case text:
			if err := c.write([]byte(part)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *canvas) advance(x float64) { c.text = matrix{1, 0, 0, 1, x, 0}.times(c.text) }

// write puts glyphs on the page. Slanting text is not kept: it is a watermark.
func (c *canvas) write(codes []byte) error {
	if c.state.font == nil {
		return nil
	}
	for len(codes) > 0 {
		if c.file.left.Glyphs--; c.file.left.Glyphs < 0 {
			return ErrTooMuch
		}
		var g glyph
		g, codes = c.state.font.next(codes)
		m := matrix{c.state.size * c.state.stretch, 0, 0, c.state.size, 0, c.state.rise}.times(c.text).times(c.state.matrix)
		size := math.Hypot(m[2], m[3])
		switch {
		case g.letters == "":
			c.unknown++
		case size > 0.5 && size < 2000:
			c.keep(m, shown{letters: g.letters, width: g.width, size: size, bold: c.state.font.bold})
		}
		step := g.width*c.state.size + c.state.spacing
		if g.space {
			step += c.state.word
		}
		c.advance(step * c.state.stretch)
	}
	return nil
}

// keep turns a glyph by quarters until it runs to the right.
func (c *canvas) keep(m matrix, g shown) {
	for turns := range c.shown {
		if m[0] > 0 && math.Abs(m[1]) < 0.1*m[0] {
			g.x, g.y, g.width, g.run = m[4], m[5], g.width*m[0], c.runs
			if last := len(c.shown[turns]) - 1; last < 0 || c.shown[turns][last].run != c.runs {
				c.begun = g.x
			}
			g.start = c.begun
			c.shown[turns] = append(c.shown[turns], g)
			return
		}
		m = m.times(matrix{0, -1, 1, 0, 0, 0})
	}
}

// paint draws a form, or counts a picture.
func (c *canvas) paint(operands []any, resources dict, depth int) error {
	called, _ := last(operands).(name)
	objects, _ := c.file.dict(resources["XObject"])
	s, isStream := c.file.get(objects[called]).(*stream)
	if !isStream {
		return nil
	}
	if c.file.name(s.dict["Subtype"]) == "Image" {
		c.pictures++
		return nil
	}
	if depth >= maxForms || c.file.name(s.dict["Subtype"]) != "Form" {
		return nil
	}
	if c.file.left.Steps -= formSteps; c.file.left.Steps < 0 {
		return ErrTooMuch
	}
	content, err := c.file.decode(s)
	if err != nil {
		return err
	}
	own := s.dict["Resources"]
	if own == nil {
		own = resources
	}
	before, kept, text, line := c.state, len(c.saved), c.text, c.line
	if m := c.file.array(s.dict["Matrix"]); len(m) == 6 {
		c.state.matrix = matrixOf(m).times(c.state.matrix)
	}
	err = c.draw(content, own, depth+1)
	c.state, c.text, c.line = before, text, line
	c.saved = c.saved[:min(kept, len(c.saved))]
	return err
}

// skipPicture passes a picture that stands among the operators: it ends with EI between white space.
func (c *canvas) skipPicture(l *lexer) {
	c.pictures++
	for at := l.at; ; {
		next := bytes.Index(l.data[at:], []byte("EI"))
		if next < 0 {
			l.at = len(l.data)
			return
		}
		at += next + 2
		before := at-3 >= 0 && isSpace(l.data[at-3])
		if before && (at >= len(l.data) || isSpace(l.data[at])) {
			l.at = at
			return
		}
	}
}

func operand(operands []any, i int) float64 {
	if i < len(operands) {
		if n, isNumber := operands[i].(float64); isNumber {
			return n
		}
	}
	return 0
}

func last(operands []any) any {
	if len(operands) == 0 {
		return nil
	}
	return operands[len(operands)-1]
}

func matrixOf(operands []any) matrix {
	var m matrix
	for i := range m {
		m[i] = operand(operands, i)
	}
	return m
}
