package reader

import (
	"strings"
	"unicode"
)

// readText reads plain text: paragraphs between empty lines, headings that are underlined or all in capitals, and rows where
// a line has tabs.
func (d *document) readText(text string) error {
	lines := strings.Split(same.Replace(strings.ReplaceAll(text, "\f", "\n\n")), "\n")
	for start := 0; start < len(lines); {
		if strings.TrimSpace(lines[start]) == "" {
			start++
			continue
		}
		end := start + 1
		for end < len(lines) && strings.TrimSpace(lines[end]) != "" {
			end++
		}
		if err := d.addParagraph(lines[start:end]); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// addParagraph adds the lines between two empty ones.
func (d *document) addParagraph(lines []string) error {
	if level := underline(lines); level > 0 {
		if err := d.add(Heading, level, lines[0]); err != nil || len(lines) == 2 {
			return err
		}
		lines = lines[2:]
	} else if isShouted(lines[0]) {
		if err := d.add(Heading, 2, lines[0]); err != nil || len(lines) == 1 {
			return err
		}
		lines = lines[1:]
	}
	return d.addTabbed(lines)
}

// addTabbed adds lines with tabs as rows, and the others as paragraphs.
func (d *document) addTabbed(lines []string) error {
	for start := 0; start < len(lines); {
		tabbed, end := isTabbed(lines[start]), start+1
		for end < len(lines) && isTabbed(lines[end]) == tabbed {
			end++
		}
		var err error
		if tabbed {
			err = d.addTable(tabbedTable(lines[start:end]))
		} else {
			err = d.add(Paragraph, 0, strings.Join(lines[start:end], "\n"))
		}
		if err != nil {
			return err
		}
		start = end
	}
	return nil
}

func isTabbed(line string) bool { return strings.Contains(strings.TrimSpace(line), "\t") }

func tabbedTable(lines []string) table {
	var t table
	for _, line := range lines {
		var cells []string
		for _, cell := range strings.Split(strings.TrimSpace(line), "\t") {
			if cell = strings.TrimSpace(cell); cell != "" { // several tabs reach one column
				cells = append(cells, cell)
			}
		}
		t.rows = append(t.rows, cells)
	}
	return t
}

// underline returns the level of a first line with "===" or "---" under it, 0 where there is none.
func underline(lines []string) int {
	if len(lines) < 2 {
		return 0
	}
	under := strings.TrimSpace(lines[1])
	switch {
	case len(under) >= 3 && strings.Trim(under, "=") == "":
		return 1
	case len(under) >= 3 && strings.Trim(under, "-") == "":
		return 2
	}
	return 0
}

// isShouted is a short line of capitals without figures.
func isShouted(line string) bool {
	line = strings.TrimSpace(line)
	letters := 0
	for _, r := range line {
		if unicode.IsDigit(r) || unicode.IsLower(r) || r == '\t' {
			return false
		}
		if unicode.IsUpper(r) {
			letters++
		}
	}
	return letters >= 4 && len(line) <= 80
}
