// Package icalendar writes visits as calendar files (RFC 5545): those that go out with e-mails, and those that calendars
// subscribe to.
package icalendar

import (
	"bytes"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Type is the content type of a [Calendar]'s file.
const Type = "text/calendar; charset=utf-8; method=PUBLISH"

// UIDOf names a visit in every file about it, so that a later one replaces what an earlier one said.
func UIDOf(visit uuid.UUID) string { return visit.String() + "@voxanne" }

// Event is a visit in a calendar file.
type Event struct {
	// UID is the same for every version of an event; Sequence counts the versions up, so that a later one replaces it.
	UID        string
	Start, End time.Time
	Summary    string
	Details    string // may be empty
	Location   string // may be empty
	Organizer  string // `a@b`, `Name <a@b>`, or a mere name; may be empty
	Sequence   int
	// Stamp is when this version came to be; zero is Start. The clock is not asked: the same events are the same bytes, as
	// repeating a message under its key demands, and as a reader does who asks whether anything changed.
	Stamp time.Time
	// Changed is when what it tells changed last; zero: it is not said.
	Changed time.Time
	// Tentative: the time is taken, but the visit is not confirmed yet.
	Tentative bool
}

// Calendar is a file of events that are published, to be added to a calendar without an answer.
type Calendar struct {
	Name    string        // what calendars that subscribe call it; may be empty
	Refresh time.Duration // how often they should ask again; zero: it is not said
	Events  []Event
}

// File writes the calendar: times in UTC, lines of at most 75 octets ending in CRLF. Name and refreshing are said in the
// words of RFC 7986 and in those that older programs know.
func (c Calendar) File() []byte {
	var w writer
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:-//Voxanne//Appointments//EN")
	w.line("CALSCALE:GREGORIAN")
	w.line("METHOD:PUBLISH")
	if c.Name != "" {
		w.text("NAME", c.Name)
		w.text("X-WR-CALNAME", c.Name)
	}
	if minutes := int(c.Refresh / time.Minute); minutes > 0 {
		every := "PT" + strconv.Itoa(minutes) + "M"
		w.line("REFRESH-INTERVAL;VALUE=DURATION:" + every)
		w.line("X-PUBLISHED-TTL:" + every)
	}
	for _, e := range c.Events {
		w.event(e)
	}
	w.line("END:VCALENDAR")
	return w.out.Bytes()
}

type writer struct{ out bytes.Buffer }

func (w *writer) event(e Event) {
	stamp, status := e.Stamp, "CONFIRMED"
	if stamp.IsZero() {
		stamp = e.Start
	}
	if e.Tentative {
		status = "TENTATIVE"
	}
	w.line("BEGIN:VEVENT")
	w.text("UID", e.UID)
	w.line("DTSTAMP:" + utc(stamp))
	w.line("DTSTART:" + utc(e.Start))
	w.line("DTEND:" + utc(e.End))
	if !e.Changed.IsZero() {
		w.line("LAST-MODIFIED:" + utc(e.Changed))
	}
	w.line("SEQUENCE:" + strconv.Itoa(max(e.Sequence, 0)))
	w.text("SUMMARY", e.Summary)
	if e.Details != "" {
		w.text("DESCRIPTION", e.Details)
	}
	if e.Location != "" {
		w.text("LOCATION", e.Location)
	}
	if e.Organizer != "" {
		w.line("ORGANIZER" + organizer(e.Organizer))
	}
	w.line("STATUS:" + status)
	w.line("TRANSP:OPAQUE")
	w.line("END:VEVENT")
}

// text writes a property whose value is TEXT.
func (w *writer) text(name, value string) { w.line(name + ":" + escapeText(value)) }

// utc writes a moment as RFC 5545 wants it: 19970714T173000Z.
func utc(at time.Time) string { return at.UTC().Format("20060102T150405Z") }

// line folds after 75 octets, never inside a character; a continuation starts with a blank, which counts.
func (w *writer) line(s string) {
	for room := 75; len(s) > room; room = 74 {
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.out.WriteString(s[:cut] + "\r\n ")
		s = s[cut:]
	}
	w.out.WriteString(s + "\r\n")
}

// escapeText writes a TEXT value: line breaks as \n, other control characters dropped.
func escapeText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(s, ""))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// organizer writes the parameter and value of ORGANIZER. A name is a quoted parameter, in which quotes have no escape. A
// mere name has no address to write to, which calendars know as invalid:nomail.
func organizer(s string) string {
	name, address := s, "invalid:nomail"
	if parsed, err := mail.ParseAddress(s); err == nil {
		name, address = parsed.Name, "mailto:"+strings.Map(dropControl, parsed.Address)
	}
	name = strings.ReplaceAll(strings.Map(dropControl, strings.ToValidUTF8(name, "")), `"`, "'")
	if name == "" {
		return ":" + address
	}
	return `;CN="` + name + `":` + address
}

func dropControl(r rune) rune {
	if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
		return -1
	}
	return r
}
