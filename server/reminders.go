package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

const (
	sentenceNoVisit      = "Appointment not found"
	sentenceNoContact    = "Appointment does not have associated contact information"
	sentenceApproveFirst = "This visit waits for approval. Approve it first."
	sentenceNotAhead     = "Only a visit that is confirmed and still ahead can be reminded of."
	sentenceReminded     = "A reminder has already been sent within the last 24 hours. Please try again later."
)

// reminderBy is a reminder that staff send, by text or e-mail.
func reminderBy(method api.ReminderMethod) sending {
	s := sending{
		category: "reminder", method: bySMS,
		notConfigured: "SMS is not configured for your organization",
		noRecipient:   sentenceNoNumber,
		badText:       "Your wording of reminders is too long for a text. Shorten it.",
		optedOut:      sentenceOptedOut,
		notSent:       "Failed to send reminder. Please try again later.",
	}
	if method == api.ReminderByEmail {
		s.method = byEmail
		s.notConfigured = "Email is not configured for your organization"
		s.noRecipient = "Contact does not have an email address"
		s.optedOut = "This contact asked not to be e-mailed."
	}
	return s
}

// SendReminder reminds of a visit at once, by text unless the wish names another way; a call is queued. Errors: bad_request when there is
// nothing to reach the contact by or a reminder left within 24 hours, forbidden, not_found, and those of providerOf,
// refusal and carryOut.
func (h handlers) SendReminder(ctx context.Context, req api.SendReminderRequestObject) (api.SendReminderResponseObject, error) {
	method := valueOr(value(req.Body).Method, api.ReminderBySMS)
	if method == api.ReminderByVoice {
		return h.remindByVoice(ctx, req)
	}
	kind := reminderBy(method)
	to, err := h.reminded(ctx, req.Id, kind)
	if err != nil {
		return nil, err
	}
	provider, err := h.providerOf(ctx, kind, to.org)
	if err != nil {
		return nil, err
	}
	zones, region := h.texts.Number(to.phone)
	var decision db.MessageDecision
	// As beginText: its send key makes the wish one reminder.
	err = h.asMember(repeatable(ctx), func(tx db.Tx, _ db.Organization) (err error) {
		decision, err = tx.SendReminder(ctx, db.SendReminderParams{
			AppointmentID: req.Id, Method: kind.method, SendKey: kind.sendKey(ctx, "appointment "+req.Id.String(), req.Params.IdempotencyKey, kind.method),
			ServiceProvider: provider, NumberZones: zones, NumberRegion: optional(region), RequestID: optional(RequestID(ctx)),
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	switch decision.Outcome {
	case "send", "replayed":
		if err := h.carryOut(ctx, kind, to.org, decision, ""); err != nil {
			return nil, err
		}
		return remindedOf(decision, method), nil
	default:
		h.count.Message(kind.category, valueOr(decision.Reason, decision.Outcome))
		return nil, h.notReminded(decision, kind, to.zone)
	}
}

// remindByVoice queues a call that reminds of a visit. Errors: not_found, forbidden, and those of reminderCallRefused.
func (h handlers) remindByVoice(ctx context.Context, req api.SendReminderRequestObject) (api.SendReminderResponseObject, error) {
	to, err := h.reminded(ctx, req.Id, reminderBy(api.ReminderByVoice))
	if err != nil {
		return nil, err
	}
	queued, err := h.queueCall(ctx, api.CallBackWish{}, reminderCallRefused, func(tx db.Tx, _ db.Organization) (db.OutboundAnswer, error) {
		key := sending{category: "reminder"}.sendKey(ctx, "appointment "+req.Id.String(), req.Params.IdempotencyKey, "voice")
		zones, region := h.numberFacts(to.phone)
		return tx.RequestReminderCall(ctx, db.RequestReminderCallParams{
			AppointmentID: req.Id, SendKey: key, NumberZones: zones, NumberRegion: region,
		})
	})
	if err != nil {
		return nil, err
	}
	return api.SendReminder202JSONResponse(queued), nil
}

func remindedOf(d db.MessageDecision, method api.ReminderMethod) api.SendReminder200JSONResponse {
	way := map[api.ReminderMethod]string{api.ReminderBySMS: "SMS", api.ReminderByEmail: "e-mail"}[method]
	return api.SendReminder200JSONResponse{
		Success: true, Recipient: value(d.Recipient), Method: method, MessageId: *d.MessageID, Message: "Reminder sent by " + way + ".",
	}
}

// reminded finds who is reminded of a visit. Errors: not_found; bad_request where there is nobody, or no way to them.
func (h handlers) reminded(ctx context.Context, visit uuid.UUID, s sending) (to addressee, err error) {
	err = h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		to = addressee{org: org.ID, zone: org.TimeZone}
		row, err := tx.GetAppointment(ctx, visit)
		if errors.Is(err, pgx.ErrNoRows) {
			return NewError(CodeNotFound, sentenceNoVisit, err)
		}
		if err != nil {
			return err
		}
		contact, err := tx.GetContact(ctx, org.ID, row.ContactID)
		if errors.Is(err, pgx.ErrNoRows) || contact.ErasedAt != nil {
			return NewError(CodeBadRequest, sentenceNoContact, err)
		}
		if err != nil {
			return err
		}
		to.contact, to.phone = &contact.ID, value(contact.Phone)
		if recipient := map[string]*string{bySMS: contact.Phone, byEmail: contact.Email}[s.method]; value(recipient) == "" {
			return NewError(CodeBadRequest, s.noRecipient, nil)
		}
		return nil
	})
	return to, err
}

// notReminded puts into words why a reminder may not leave now. Codes: those of refusal.
func (h handlers) notReminded(d db.MessageDecision, s sending, zone string) error {
	switch value(d.Reason) {
	case "already_reminded":
		return NewError(CodeBadRequest, sentenceReminded, nil)
	case "no_contact":
		return NewError(CodeBadRequest, sentenceNoContact, nil)
	case "approval_needed":
		return NewError(CodeConflict, sentenceApproveFirst, nil)
	case "not_active", "too_late":
		return NewError(CodeConflict, sentenceNotAhead, nil)
	case "reminder_limit":
		wait := h.wait(d.NotBefore)
		return NewError(CodeRateLimited, fmt.Sprintf(
			"A contact gets one reminder a day, and three in seven days. The next one can be sent in %s.", inMinutes(wait)), nil).After(wait)
	default:
		return h.refusal(d, s, zone)
	}
}
