package email

import (
	"bytes"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Event is a visit in a calendar file.
type Event struct {
	// UID is the same for every version of an event; Sequence counts the versions up, so that a later one replaces it.
	UID        string
	Start, End time.Time
	Summary    string
	Location   string // may be empty
	Organizer  string // `a@b`, `Name <a@b>`, or a mere name; may be empty
	Sequence   int
	// Stamp is when this version came to be; zero is Start. The clock is not asked: the same events are the same bytes, as
	// repeating a message under its key demands.
	Stamp time.Time
}

// CalendarType is the content type of [Calendar]'s files.
const CalendarType = "text/calendar; charset=utf-8; method=PUBLISH"

// Calendar writes an .ics file (RFC 5545) that publishes the events, to be added to a calendar without an answer: times in
// UTC, lines of at most 75 octets ending in CRLF.
func Calendar(events []Event) []byte {
	var w calendarWriter
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:-//Voxanne//Appointments//EN")
	w.line("CALSCALE:GREGORIAN")
	w.line("METHOD:PUBLISH")
	for _, e := range events {
		w.event(e)
	}
	w.line("END:VCALENDAR")
	return w.out.Bytes()
}

type calendarWriter struct{ out bytes.Buffer }

func (w *calendarWriter) event(e Event) {
	stamp := e.Stamp
	if stamp.IsZero() {
		stamp = e.Start
	}
	w.line("BEGIN:VEVENT")
	w.line("UID:" + escapeText(e.UID))
	w.line("DTSTAMP:" + utc(stamp))
	w.line("DTSTART:" + utc(e.Start))
	w.line("DTEND:" + utc(e.End))
	w.line("SEQUENCE:" + strconv.Itoa(max(e.Sequence, 0)))
	w.line("SUMMARY:" + escapeText(e.Summary))
	if e.Location != "" {
		w.line("LOCATION:" + escapeText(e.Location))
	}
	if e.Organizer != "" {
		w.line("ORGANIZER" + organizer(e.Organizer))
	}
	w.line("STATUS:CONFIRMED")
	w.line("TRANSP:OPAQUE")
	w.line("END:VEVENT")
}

// utc writes a moment as RFC 5545 wants it: 19970714T173000Z.
func utc(at time.Time) string { return at.UTC().Format("20060102T150405Z") }

// line folds after 75 octets, never inside a character; a continuation starts with a blank, which counts.
func (w *calendarWriter) line(s string) {
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
