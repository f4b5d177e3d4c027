package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// maxPreview is how much of a summary stands in a list, in code points.
const maxPreview = 200

// historyOf reads what happened with a contact, who comes for it and how it is not to be reached.
func historyOf(ctx context.Context, tx db.Tx, contact db.Contact) (h api.ContactHistory, err error) {
	calls, err := tx.CallsOfContact(ctx, contact.OrgID, contact.ID)
	if err != nil {
		return h, err
	}
	visits, err := tx.AppointmentsOfContact(ctx, contact.OrgID, contact.ID)
	if err != nil {
		return h, err
	}
	messages, err := tx.MessagesOfContact(ctx, contact.OrgID, contact.ID)
	if err != nil {
		return h, err
	}
	patients, err := tx.ListPatients(ctx, contact.OrgID, contact.ID)
	if err != nil {
		return h, err
	}
	closed, err := tx.ContactOptOuts(ctx, contact.ID)
	if err != nil {
		return h, err
	}
	h = api.ContactHistory{
		OptedOut:    each(closed, func(channel string) api.Channel { return api.Channel(channel) }),
		CallHistory: make([]api.CallOfContact, 0, len(calls)), AppointmentHistory: make([]api.AppointmentOfContact, 0, len(visits)),
		MessageHistory: make([]api.MessageOfContact, 0, len(messages)), Patients: shownPatients(patients),
	}
	for _, c := range calls {
		h.CallHistory, h.TotalCalls = append(h.CallHistory, shownCallOf(contact, c)), c.Total
	}
	for _, v := range visits {
		h.AppointmentHistory, h.TotalAppointments = append(h.AppointmentHistory, shownVisitOf(v)), v.Total
	}
	for _, m := range messages {
		h.MessageHistory, h.TotalMessages = append(h.MessageHistory, shownMessageOf(m)), m.Total
	}
	h.OptedOutCamel = h.OptedOut
	h.CallHistoryCamel, h.AppointmentHistoryCamel, h.MessageHistoryCamel = h.CallHistory, h.AppointmentHistory, h.MessageHistory
	h.TotalCallsCamel, h.TotalAppointmentsCamel, h.TotalMessagesCamel = h.TotalCalls, h.TotalAppointments, h.TotalMessages
	return h, nil
}

func shownCallOf(contact db.Contact, c db.CallsOfContactRow) api.CallOfContact {
	number := c.FromNumber
	if c.Direction == "outbound" {
		number = c.ToNumber
	}
	shown := api.CallOfContact{
		Id: c.ID, PhoneNumber: number, PhoneNumberCamel: number, CallerName: contact.Name, CallerNameCamel: contact.Name,
		CallDate: c.CallDate, CallDateCamel: c.CallDate, CallType: c.Direction, CallTypeCamel: c.Direction, Status: api.CallStatus(c.Status),
		EndedReason: c.EndedReason, EndedReasonCamel: c.EndedReason, Outcome: c.Outcome, Summary: c.Summary,
		CreatedAt: c.CreatedAt, CreatedAtCamel: c.CreatedAt, SentimentScore: c.SentimentScore, SentimentLabel: c.Sentiment,
	}
	if c.DurationSeconds != nil {
		seconds := int(*c.DurationSeconds)
		shown.DurationSeconds, shown.DurationSecondsCamel = &seconds, &seconds
	}
	if c.Summary != nil {
		beginning := []rune(*c.Summary)
		preview := string(beginning[:min(len(beginning), maxPreview)])
		shown.TranscriptPreview, shown.TranscriptPreviewCamel = &preview, &preview
	}
	return shown
}

func shownVisitOf(v db.AppointmentsOfContactRow) api.AppointmentOfContact {
	minutes := int(v.DurationMinutes)
	return api.AppointmentOfContact{
		Id: v.ID, ServiceType: v.ServiceType, ServiceTypeCamel: v.ServiceType, Practitioner: v.ResourceName,
		PatientId: v.PatientID, PatientIdCamel: v.PatientID, PatientName: v.PatientName, PatientNameCamel: v.PatientName,
		ScheduledAt: v.ScheduledAt, ScheduledAtCamel: v.ScheduledAt, ScheduledAtAsScheduledTime: v.ScheduledAt,
		DurationMinutes: minutes, DurationMinutesCamel: minutes, Status: v.Status, CreatedAt: v.CreatedAt, CreatedAtCamel: v.CreatedAt,
	}
}

func shownMessageOf(m db.MessagesOfContactRow) api.MessageOfContact {
	return api.MessageOfContact{
		Id: m.ID, Direction: m.Direction, Method: m.Method, Category: m.Category, Recipient: m.Recipient, Subject: m.Subject,
		Content: m.Content, Status: m.Status, Reason: m.Reason, SentAt: m.SentAt, SentAtCamel: m.SentAt,
		CreatedAt: m.CreatedAt, CreatedAtCamel: m.CreatedAt,
	}
}
