package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// row is one line of the table: what was measured, in which unit, and what is aimed at.
type row struct {
	Name  string `json:"name"` // stands for the row in code and files
	Title string `json:"title"`
	Unit  string `json:"unit"` // empty: a bare number
	Aim   aim    `json:"aim,omitzero"`
}

// aim is a figure's limit; the zero value asks for nothing.
type aim struct {
	Is    string  `json:"is"` // "≤", "≥" or "="
	Limit float64 `json:"limit"`
}

func atMost(limit float64) aim  { return aim{"≤", limit} }
func atLeast(limit float64) aim { return aim{"≥", limit} }
func exactly(limit float64) aim { return aim{"=", limit} }

func (a aim) met(figure float64) bool {
	switch a.Is {
	case "≤":
		return figure <= a.Limit
	case "≥":
		return figure >= a.Limit
	case "=":
		return figure == a.Limit
	}
	return true
}

// tell is the aim for the table, and whether a figure misses it.
func (a aim) tell(figure *float64) string {
	if a.Is == "" {
		return ""
	}
	told := a.Is + " " + number(a.Limit)
	if figure != nil && !a.met(*figure) {
		told += ", **missed**"
	}
	return told
}

// measured is a row with its figure.
type measured struct {
	row
	Figure *float64 `json:"figure"` // null: cannot be measured on that machine
}

// sheet collects the figures of one part of a run after another. A part notes its figures by name; a nil sheet forgets them,
// for a part that runs alone. One goroutine uses it at a time.
type sheet struct {
	rows    []row
	figures map[string]float64
	filling string // how much the database of realistic size holds, in words
}

// begin is called before a part that fills these rows.
func (s *sheet) begin(rows []row) {
	s.rows, s.figures = rows, map[string]float64{}
}

// note keeps a figure; NaN says that it cannot be measured on this machine.
func (s *sheet) note(name string, figure float64) {
	if s != nil {
		s.figures[name] = figure
	}
}

// noteTimes keeps the middle and the 99th percentile under name.p50 and name.p99, in milliseconds.
func (s *sheet) noteTimes(name string, f *figures) {
	s.note(name+".p50", f.quantile(.5))
	s.note(name+".p99", f.quantile(.99))
}

// complete returns every row with its figure. A row without one is an error, and so is a figure without a row: a part that was
// forgotten must not look like one that was measured.
func (s *sheet) complete() ([]measured, error) {
	var all []measured
	var missing, strange []string
	known := map[string]bool{}
	for _, r := range s.rows {
		known[r.Name] = true
		figure, found := s.figures[r.Name]
		switch {
		case !found:
			missing = append(missing, r.Name)
		case math.IsNaN(figure):
			all = append(all, measured{row: r})
		default:
			kept, err := strconv.ParseFloat(number(figure), 64) // the file tells what the table tells
			if err != nil {
				return nil, fmt.Errorf("%s is no figure: %w", r.Name, err)
			}
			all = append(all, measured{r, &kept})
		}
	}
	for name := range s.figures {
		if !known[name] {
			strange = append(strange, name)
		}
	}
	if len(missing)+len(strange) > 0 {
		return nil, fmt.Errorf("figures are missing: %q; figures have no row: %q", missing, strange)
	}
	return all, nil
}

// number writes a figure with three digits, or all of them before the point.
func number(figure float64) string {
	decimals := 0
	if size := math.Abs(figure); size > 0 && size < 100 {
		decimals = max(2-int(math.Floor(math.Log10(size))), 0)
	}
	told := strconv.FormatFloat(figure, 'f', min(decimals, 4), 64)
	if strings.Contains(told, ".") {
		told = strings.TrimRight(strings.TrimRight(told, "0"), ".")
	}
	return told
}

// printTable writes figures as a table in Markdown, those of the last run beside them where it had them; a nil last leaves
// its column out.
func printTable(out io.Writer, all []measured, last *lastRun) error {
	var b strings.Builder
	b.WriteString("| | figure | aim |")
	if last != nil {
		b.WriteString(" last committed run |")
	}
	b.WriteString("\n|---|---|---|" + map[bool]string{true: "---|"}[last != nil] + "\n")
	for _, m := range all {
		fmt.Fprintf(&b, "| %s | %s | %s |", m.Title, m.told(), m.Aim.tell(m.Figure))
		if last != nil {
			fmt.Fprintf(&b, " %s |", last.told(m.Name))
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// told is the figure with its unit.
func (m measured) told() string {
	if m.Figure == nil {
		return "not measured there"
	}
	return strings.TrimSpace(number(*m.Figure) + " " + m.Unit)
}
