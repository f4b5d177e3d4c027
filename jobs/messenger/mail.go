package messenger

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/icalendar"
)

// emailPage is the HTML beside the plain text: the same words under the clinic's name, with nothing loaded from anywhere.
const emailPage = `<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:24px;background:#f4f5f6;font:16px/1.5 sans-serif;color:#1c2024">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#fff;border-radius:8px">
<h1 style="margin:0 0 16px;font-size:20px">{{.Clinic}}</h1>
{{range .Paragraphs}}<p style="margin:0 0 12px">{{if eq . $.Link}}<a href="{{.}}">{{.}}</a>{{else}}{{.}}{{end}}</p>
{{end}}</div>
</body></html>
`

// mail is the request that sends the row by e-mail. The message's id is its key: the same request again within a day
// sends nothing twice where the sender is repeatable.
func (m *Messenger) mail(ctx context.Context, tx db.Tx, by mailer, row db.Message, p parcel) (request, error) {
	clinic, err := tx.GetOrganization(ctx, row.OrgID)
	if err != nil {
		return nil, fmt.Errorf("read the clinic's name: %w", err)
	}
	name := oneLine(clinic.Name)
	if p.again {
		if p.visits, err = visitsAgain(ctx, tx, row, name, by.from); err != nil {
			return nil, err
		}
	}
	var link string
	if row.Category == invitation {
		if link, err = m.linkOf(ctx, tx, row); err != nil {
			return nil, err
		}
		p.body = strings.Replace(p.body, linkPlace, link, 1)
	}
	html, err := m.page(name, p.body, link)
	if err != nil {
		return nil, fmt.Errorf("write the e-mail: %w", err)
	}
	subject := name
	if row.Subject != nil {
		subject = subjectOf(*row.Subject)
	}
	message := email.Message{
		From: named(name, by.from), To: row.Recipient, Subject: subject,
		Text: p.body, HTML: html, Key: row.ID.String(), Attachments: calendar(p.visits, row.CreatedAt),
	}
	return func(ctx context.Context) (string, error) { return by.sender.Send(ctx, message) }, nil
}

// page is the e-mail as HTML; a line that is the link, if there is one, can be clicked.
func (m *Messenger) page(clinic, text, link string) (string, error) {
	var page strings.Builder
	paragraphs := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
	err := m.html.Execute(&page, map[string]any{"Clinic": clinic, "Paragraphs": paragraphs, "Link": link})
	return page.String(), err
}

// named shows the clinic's name as the sender, unless the address brings a name of its own.
func named(clinic, address string) string {
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Name != "" {
		return address
	}
	return (&mail.Address{Name: clinic, Address: parsed.Address}).String()
}

// Parts of the send key of a scheduled e-mail: scheduledKey, the id of the first scheduled row, emailKey.
const (
	scheduledKey = "scheduled:"
	emailKey     = ":email"
)

// visitsOf are the visits that a confirmation puts into the patient's calendar; none for other kinds.
func visitsOf(b db.ScheduledBundle, organizer string) []icalendar.Event {
	if text(b.Kind) != "confirmation" {
		return nil
	}
	events := make([]icalendar.Event, len(b.AppointmentIds))
	for i, id := range b.AppointmentIds {
		events[i] = icalendar.Event{UID: icalendar.UIDOf(id), Start: b.StartsAt[i], End: b.EndsAt[i],
			Summary: b.Summaries[i], Location: text(b.Place), Organizer: organizer}
	}
	return events
}

// visitsAgain are those of an e-mail that may not have left, as they are by now, and without saying more than the
// clinic's name about them. errCannotAsk when all were cancelled: asking might confirm them.
func visitsAgain(ctx context.Context, tx db.Tx, row db.Message, clinic, organizer string) ([]icalendar.Event, error) {
	key := strings.TrimSuffix(strings.TrimPrefix(text(row.SendKey), scheduledKey), emailKey)
	id, err := uuid.Parse(key)
	if err != nil || row.Category != "confirmation" {
		return nil, nil // it had none
	}
	visits, err := tx.VisitsSentWith(ctx, row.OrgID, id)
	if err != nil {
		return nil, fmt.Errorf("read the visits of the e-mail: %w", err)
	}
	if len(visits) == 0 {
		return nil, errCannotAsk
	}
	events := make([]icalendar.Event, len(visits))
	for i, v := range visits {
		events[i] = icalendar.Event{UID: icalendar.UIDOf(v.ID), Start: v.ScheduledAt, End: v.EndsAt,
			Summary: clinic, Location: v.Place, Organizer: organizer}
	}
	return events, nil
}

// calendar is the file by which the visits get into the patient's calendar. When the message was begun, in minutes,
// counts its versions: a visit that moved replaces its earlier entry, and the same message is the same file.
func calendar(events []icalendar.Event, begun time.Time) []email.Attachment {
	if len(events) == 0 {
		return nil
	}
	for i := range events {
		events[i].Stamp, events[i].Sequence = begun, int(begun.Unix()/60)
	}
	return []email.Attachment{{Name: "visit.ics", ContentType: icalendar.Type, Content: icalendar.Calendar{Events: events}.File()}}
}

// oneLine is a name as a header can hold it.
func oneLine(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// subjectOf is a subject as it can be sent: a long clinic's name may make it too long.
func subjectOf(subject string) string {
	runes := []rune(oneLine(subject))
	return string(runes[:min(len(runes), email.MaxSubject)])
}

// text is what p points at, or empty.
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
