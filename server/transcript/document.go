// Package transcript writes what was said in a call as a document that leaves the dashboard: plain text, or PDF. It knows
// nothing of databases and requests.
package transcript

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// Document is a call's transcript with what a reader must know about it. Its words are redacted already.
type Document struct {
	Clinic  string
	Country string // the clinic's, ISO 3166-1 alpha-2: decides the size of the paper
	Facts   []Fact // in the order in which they are shown
	Turns   []Turn
	ID      string // of the export, by which the messages say who took it
	Made    time.Time
}

// Fact is one line about the call, e.g. Date: Monday, March 4, 2030. One without a value is left out.
type Fact struct{ Name, Value string }

// Turn is what one side said.
type Turn struct {
	Speaker string   // assistant or caller, as stored
	Text    string   // any text; it is shown as one paragraph
	At      *float64 // seconds from the start of the call; nil: not known
}

const (
	title   = "Transcript of a call"
	privacy = "Sensitive details were removed before this transcript was stored."
)

// WriteText writes the document as UTF-8 text: the facts, then one line for each turn.
func (d Document) WriteText(w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n%s\n\n", oneLine(d.Clinic), title)
	for _, fact := range d.facts() {
		fmt.Fprintf(&text, "%-10s %s\n", fact.Name+":", fact.Value)
	}
	fmt.Fprintf(&text, "\n%s\n\n", privacy)
	for _, turn := range d.Turns {
		text.WriteString(turn.clock() + turn.speaker() + ": " + oneLine(turn.Text) + "\n")
	}
	if _, err := io.WriteString(w, text.String()); err != nil {
		return fmt.Errorf("write the transcript: %w", err)
	}
	return nil
}

// facts are those with a value, and the export's own id at the end.
func (d Document) facts() []Fact {
	var shown []Fact
	for _, fact := range append(d.Facts[:len(d.Facts):len(d.Facts)], Fact{"Export", d.ID}) {
		if fact.Value = oneLine(fact.Value); fact.Value != "" {
			shown = append(shown, fact)
		}
	}
	return shown
}

// speaker is who speaks, as people write it.
func (t Turn) speaker() string {
	name := []rune(oneLine(t.Speaker))
	if len(name) == 0 {
		return "Unknown"
	}
	return string(unicode.ToUpper(name[0])) + string(name[1:])
}

// clock is when it was said, in brackets: [01:05], after an hour [1:01:05]; empty when it is not known.
func (t Turn) clock() string {
	if t.At == nil || *t.At < 0 {
		return ""
	}
	return "[" + Clock(int(*t.At)) + "] "
}

// Clock writes seconds as 01:05, from an hour on as 1:01:05.
func Clock(seconds int) string {
	if seconds >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	}
	return fmt.Sprintf("%02d:%02d", seconds/60, seconds%60)
}

// oneLine makes blanks of line ends and drops what cannot be seen: a text must not look like another speaker's turn, nor
// turn the direction of what follows it.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.Map(visible, s), unicode.IsSpace), " ")
}

// visible keeps joiners, which hold letters and emoji together.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r), r == '\u200c', r == '\u200d':
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
		return -1
	}
	return r
}
