package server

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// maxText is the longest text that staff write, in code points; one segment, or three with other alphabets.
const maxText = 160

// followUp is a text that staff write.
func followUp() sending {
	return sending{
		category: "follow_up", method: bySMS,
		notConfigured: "Twilio is not configured for your organization",
		noRecipient:   sentenceNoNumber,
		badText:       "The message must have 1 to 160 characters.",
		optedOut:      sentenceOptedOut,
		notSent:       "Failed to send follow-up SMS. Please try again later.",
	}
}

// textWish is one press of the button: a text to a contact, or to whoever was on the phone in a call.
type textWish struct {
	contact uuid.UUID // Nil: the call's
	call    *uuid.UUID
	text    string
	key     *string // Idempotency-Key
}

// addressee is who a wish is about.
type addressee struct {
	org     uuid.UUID
	zone    string // of the clinic: staff read times by its clock
	contact *uuid.UUID
	phone   string
}

// TextContact sends one follow-up to a contact. Errors: see refusal and carryOut.
func (h handlers) TextContact(ctx context.Context, req api.TextContactRequestObject) (api.TextContactResponseObject, error) {
	sent, err := h.text(ctx, textWish{contact: req.Id, text: req.Body.Message, key: req.Params.IdempotencyKey})
	if err != nil {
		return nil, err
	}
	return api.TextContact200JSONResponse(sent), nil
}

// FollowUpCall sends one follow-up to the other party of a call. Errors: see refusal and carryOut.
func (h handlers) FollowUpCall(ctx context.Context, req api.FollowUpCallRequestObject) (api.FollowUpCallResponseObject, error) {
	sent, err := h.text(ctx, textWish{call: &req.CallId, text: req.Body.Message, key: req.Params.IdempotencyKey})
	if err != nil {
		return nil, err
	}
	return api.FollowUpCall200JSONResponse(sent), nil
}

// text carries a wish out: who is meant, may the clinic text at all, may this text leave now (which writes its row),
// and only then the network, outside of any transaction.
func (h handlers) text(ctx context.Context, w textWish) (api.TextSent, error) {
	kind := followUp()
	w.text = strings.TrimSpace(w.text)
	if n := utf8.RuneCountInString(w.text); n == 0 || n > maxText {
		return api.TextSent{}, NewError(CodeBadRequest, kind.badText, nil)
	}
	to, err := h.addressee(ctx, w)
	if err != nil {
		return api.TextSent{}, err
	}
	if _, err := h.providerOf(ctx, kind, to.org); err != nil {
		return api.TextSent{}, err
	}
	decision, err := h.beginText(ctx, w, to)
	if err != nil {
		return api.TextSent{}, err
	}
	switch decision.Outcome {
	case "send", "replayed":
		if err := h.carryOut(ctx, kind, to.org, decision, ""); err != nil {
			return api.TextSent{}, err
		}
		return api.TextSent{Success: true, MessageId: *decision.MessageID, Phone: valueOr(decision.Recipient, to.phone), Message: "SMS sent."}, nil
	default:
		h.count.Message(kind.category, valueOr(decision.Reason, decision.Outcome))
		return api.TextSent{}, h.refusal(decision, kind, to.zone)
	}
}

// addressee finds who is meant. Errors: not_found, also for what is another organization's; bad_request without a number.
func (h handlers) addressee(ctx context.Context, w textWish) (to addressee, err error) {
	err = h.asMember(ctx, func(tx db.Tx, org db.Organization) error {
		to = addressee{org: org.ID, zone: org.TimeZone, contact: &w.contact}
		if w.call != nil {
			call, err := tx.GetCall(ctx, org.ID, *w.call)
			if err != nil {
				return err
			}
			to.contact, to.phone = call.ContactID, otherParty(call)
		}
		if to.contact == nil {
			return nil // a caller who is no contact yet
		}
		contact, err := tx.GetContact(ctx, org.ID, *to.contact)
		if err != nil {
			return err
		}
		if contact.ErasedAt != nil {
			return NewError(CodeNotFound, sentenceNotFound, nil)
		}
		to.phone = value(contact.Phone)
		return nil
	})
	if err == nil && to.phone == "" {
		err = NewError(CodeBadRequest, sentenceNoNumber, nil)
	}
	return to, err
}

// otherParty is the number of a call that is not the clinic's; empty when it was withheld.
func otherParty(call db.CallLog) string {
	if call.Direction == "outbound" {
		return value(call.ToNumber)
	}
	return value(call.FromNumber)
}

// beginText asks the database whether the text may leave now; after outcome send its row stands.
func (h handlers) beginText(ctx context.Context, w textWish, to addressee) (decision db.MessageDecision, err error) {
	zones, region := h.texts.Number(to.phone)
	// Its send key makes the wish one text, so another try may run after a death: it is told what became of the text.
	err = h.asMember(repeatable(ctx), func(tx db.Tx, _ db.Organization) (err error) {
		decision, err = tx.SendFollowUp(ctx, db.SendFollowUpParams{
			ContactID: to.contact, CallID: w.call, Content: w.text, SendKey: followUp().sendKey(ctx, w.target(), w.key, w.text),
			NumberZones: zones, NumberRegion: optional(region), RequestID: optional(RequestID(ctx)),
		})
		return err
	})
	return decision, err
}

// target names whom a wish is about.
func (w textWish) target() string {
	if w.call != nil {
		return "call " + w.call.String()
	}
	return "contact " + w.contact.String()
}
