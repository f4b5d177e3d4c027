package messenger

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/email"
)

// emailPage is the HTML beside the plain text: the same words under the clinic's name, with nothing loaded from anywhere.
const emailPage = `<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:24px;background:#f4f5f6;font:16px/1.5 sans-serif;color:#1c2024">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#fff;border-radius:8px">
<h1 style="margin:0 0 16px;font-size:20px">{{.Clinic}}</h1>
{{range .Paragraphs}}<p style="margin:0 0 12px">{{.}}</p>
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
	html, err := m.page(clinic.Name, p.body)
	if err != nil {
		return nil, fmt.Errorf("write the e-mail: %w", err)
	}
	subject := clinic.Name
	if row.Subject != nil {
		subject = *row.Subject
	}
	message := email.Message{
		From: named(clinic.Name, by.from), To: row.Recipient, Subject: subject,
		Text: p.body, HTML: html, Key: row.ID.String(), Attachments: p.attachments,
	}
	return func(ctx context.Context) (string, error) { return by.sender.Send(ctx, message) }, nil
}

func (m *Messenger) page(clinic, text string) (string, error) {
	var page strings.Builder
	err := m.html.Execute(&page, map[string]any{"Clinic": clinic, "Paragraphs": strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })})
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

// calendar is the file by which the visits get into the patient's calendar; a visit that moved replaces its earlier
// entry, because the code's version grows with every confirmation.
func calendar(b db.ScheduledBundle, organizer string) []email.Attachment {
	if len(b.AppointmentIds) == 0 || text(b.Kind) != "confirmation" {
		return nil
	}
	versions := map[uuid.UUID]int{}
	for i, subject := range b.CodeSubjects {
		versions[subject] = int(b.CodeVersions[i])
	}
	events := make([]email.Event, len(b.AppointmentIds))
	for i, id := range b.AppointmentIds {
		events[i] = email.Event{
			UID: id.String() + "@voxanne", Start: b.StartsAt[i], End: b.EndsAt[i], Summary: b.Summaries[i],
			Location: text(b.Place), Organizer: organizer, Sequence: versions[id],
		}
	}
	return []email.Attachment{{Name: "visit.ics", ContentType: email.CalendarType, Content: email.Calendar(events)}}
}

// text is what p points at, or empty.
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
