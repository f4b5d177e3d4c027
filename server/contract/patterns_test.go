package contract_test

import (
	"regexp/syntax"
	"strings"
)

// matching draws a text that a pattern of the description matches.
func (d drawer) matching(pattern string) string {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return pattern // spec.Validate has seen it before
	}
	var text strings.Builder
	d.write(&text, parsed)
	return text.String()
}

func (d drawer) write(text *strings.Builder, re *syntax.Regexp) {
	least, most := 1, 1
	switch re.Op {
	case syntax.OpLiteral:
		text.WriteString(string(re.Rune))
		return
	case syntax.OpCharClass:
		at := 2 * d.IntN(len(re.Rune)/2)
		text.WriteRune(re.Rune[at] + d.Int32N(re.Rune[at+1]-re.Rune[at]+1))
		return
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		text.WriteString("x")
		return
	case syntax.OpAlternate:
		d.write(text, pick(d, re.Sub))
		return
	case syntax.OpStar:
		least, most = 0, 5
	case syntax.OpPlus:
		least, most = 1, 5
	case syntax.OpQuest:
		least, most = 0, 1
	case syntax.OpRepeat:
		least, most = re.Min, max(re.Min, re.Max)
		if re.Max < 0 {
			most = re.Min + 5
		}
	}
	for range least + d.IntN(most-least+1) {
		for _, part := range re.Sub {
			d.write(text, part)
		}
	}
}
