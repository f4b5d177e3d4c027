package reader

import (
	"regexp"
	"strings"
)

// What of Markdown's marks is taken off, in order. What is left reads as it would be said.
var (
	mdPicture = regexp.MustCompile(`!\[([^\]]*)\]\([^)]*\)`)
	mdLink    = regexp.MustCompile(`\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])`)
	mdStrong  = regexp.MustCompile("\\*\\*|__|~~|`+")
	mdSlant   = regexp.MustCompile(`(^|[\s(])[*_]([^*_\n]+)[*_]`)
	mdComment = regexp.MustCompile(`(?s)<!--.*?-->`)
	mdTag     = regexp.MustCompile(`</?[a-zA-Z][^>]*>`)
	mdEscape  = regexp.MustCompile(`\\([\\*_{}\[\]()#+.!|~-])`)
	mdRule    = regexp.MustCompile(`^\s*(?:[-*_]\s*){3,}$`)
	mdHeading = regexp.MustCompile(`^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$`)
	mdItem    = regexp.MustCompile(`^\s*(?:[-*+]|\d{1,3}[.)])\s+`)
	mdHeads   = regexp.MustCompile(`^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$`)
)

// markdown reads line by line.
type markdown struct {
	document  *document
	paragraph []string
	table     [][]string
	headed    bool // the line of dashes under the heads was seen
	fenced    bool
}

// readMarkdown reads headings, lists, tables with bars and paragraphs. Each item of a list is a paragraph.
func (d *document) readMarkdown(text string) error {
	m := &markdown{document: d}
	lines := strings.Split(mdComment.ReplaceAllString(same.Replace(text), ""), "\n")
	for _, line := range withoutFrontMatter(lines) {
		if err := m.line(line); err != nil {
			return err
		}
	}
	return m.flush()
}

// withoutFrontMatter drops the settings that some tools write above the text, between lines of three dashes.
func withoutFrontMatter(lines []string) []string {
	if len(lines) == 0 || strings.TrimSpace(lines[0]) != "---" {
		return lines
	}
	for i, line := range lines[1:] {
		if strings.TrimSpace(line) == "---" {
			return lines[i+2:]
		}
	}
	return lines
}

func (m *markdown) line(line string) error {
	trimmed := strings.TrimSpace(line)
	if strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~") {
		m.fenced = !m.fenced
		return m.flush()
	}
	if m.fenced {
		m.paragraph = append(m.paragraph, line)
		return nil
	}
	for strings.HasPrefix(strings.TrimSpace(line), ">") {
		line = strings.TrimPrefix(strings.TrimSpace(line), ">")
	}
	if level := underline(append(m.paragraph[max(0, len(m.paragraph)-1):len(m.paragraph):len(m.paragraph)], line)); level > 0 && len(m.paragraph) > 0 {
		return m.underlined(level)
	}
	if strings.Contains(strings.Trim(trimmed, "|"), "|") || strings.HasPrefix(trimmed, "|") {
		return m.row(line)
	}
	heading := mdHeading.FindStringSubmatch(line)
	item := mdItem.MatchString(line)
	if strings.TrimSpace(line) == "" || heading != nil || item || mdRule.MatchString(line) || len(m.table) > 0 {
		if err := m.flush(); err != nil {
			return err
		}
	}
	switch {
	case heading != nil:
		return m.document.add(Heading, len(heading[1]), plainMarkdown(heading[2]))
	case strings.TrimSpace(line) == "" || mdRule.MatchString(line):
		return nil
	case item:
		line = mdItem.ReplaceAllString(line, "")
	}
	m.paragraph = append(m.paragraph, line)
	return nil
}

// underlined makes the last line before the underline a heading.
func (m *markdown) underlined(level int) error {
	heading := m.paragraph[len(m.paragraph)-1]
	m.paragraph = m.paragraph[:len(m.paragraph)-1]
	if err := m.flush(); err != nil {
		return err
	}
	return m.document.add(Heading, level, plainMarkdown(heading))
}

// row takes a line of a table.
func (m *markdown) row(line string) error {
	if len(m.table) == 0 {
		if err := m.flush(); err != nil {
			return err
		}
	}
	if mdHeads.MatchString(line) {
		m.headed = len(m.table) == 1
		return nil
	}
	var cells []string
	line = strings.ReplaceAll(strings.Trim(strings.TrimSpace(line), "|"), `\|`, "\x00")
	for _, cell := range strings.Split(line, "|") {
		cells = append(cells, plainMarkdown(strings.ReplaceAll(cell, "\x00", "|")))
	}
	m.table = append(m.table, cells)
	return nil
}

// flush adds what was collected.
func (m *markdown) flush() error {
	rows, paragraph := table{rows: m.table, headed: m.headed}, strings.Join(m.paragraph, "\n")
	m.table, m.paragraph, m.headed = nil, nil, false
	if err := m.document.addTable(rows); err != nil {
		return err
	}
	return m.document.add(Paragraph, 0, plainMarkdown(paragraph))
}

// plainMarkdown takes the marks off.
func plainMarkdown(text string) string {
	text = mdPicture.ReplaceAllString(text, "$1")
	text = mdLink.ReplaceAllString(text, "$1")
	text = mdStrong.ReplaceAllString(text, "")
	text = mdSlant.ReplaceAllString(text, "$1$2")
	text = mdTag.ReplaceAllString(text, " ")
	return mdEscape.ReplaceAllString(text, "$1")
}
