package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/server/api"
)

const (
	// maxText is the longest text that staff write, in code points; one segment, or three with other alphabets.
	maxText = 160
	// deliverTimeout is how long tries may begin, whatever became of the client meanwhile. One that has begun ends by the
	// provider's own time-out and is written down in any case.
	deliverTimeout = 20 * time.Second

	sentenceText          = "The message must have 1 to 160 characters."
	sentenceNotConfigured = "Twilio is not configured for your organization"
	sentenceNoNumber      = "Contact does not have a phone number"
	sentenceNotSent       = "Failed to send follow-up SMS. Please try again later."
	sentenceUnknown       = "It is not known whether the text went out. Do not send it again; its state will be shown."
	sentenceSending       = "The same text is being sent at this moment. Ask again in a moment."
)

// Texter takes texts to the provider; *messenger.Messenger is one.
type Texter interface {
	// CanText returns messenger.ErrNotConfigured when the organization has no account to text with.
	CanText(ctx context.Context, org uuid.UUID) error
	// Number says in which time zones and which country a number may be.
	Number(phone string) (zones []string, region string)
	// Deliver sends a message that was begun, and returns the status its row has then.
	Deliver(ctx context.Context, org, message uuid.UUID, body string) (status string, err error)
}

// messageCounter counts messages; *Metrics is one.
type messageCounter interface {
	Message(category, outcome string)
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

// TextContact sends one follow-up to a contact. Errors: see refusal and delivered.
func (h handlers) TextContact(ctx context.Context, req api.TextContactRequestObject) (api.TextContactResponseObject, error) {
	sent, err := h.text(ctx, textWish{contact: req.Id, text: req.Body.Message, key: req.Params.IdempotencyKey})
	if err != nil {
		return nil, err
	}
	return api.TextContact200JSONResponse(sent), nil
}

// FollowUpCall sends one follow-up to the other party of a call. Errors: see refusal and delivered.
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
	w.text = strings.TrimSpace(w.text)
	if n := utf8.RuneCountInString(w.text); n == 0 || n > maxText {
		return api.TextSent{}, NewError(CodeBadRequest, sentenceText, nil)
	}
	to, err := h.addressee(ctx, w)
	if err != nil {
		return api.TextSent{}, err
	}
	if err := h.canText(ctx, to.org); err != nil {
		return api.TextSent{}, err
	}
	decision, err := h.beginText(ctx, w, to)
	if err != nil {
		return api.TextSent{}, err
	}
	switch decision.Outcome {
	case "send":
		return h.deliver(ctx, to, decision)
	case "replayed":
		return h.delivered(ctx, to, decision, value(decision.Status))
	default:
		h.count.Message("follow_up", valueOr(decision.Reason, decision.Outcome))
		return api.TextSent{}, h.refusal(decision, to)
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

func (h handlers) canText(ctx context.Context, org uuid.UUID) error {
	if h.texts == nil {
		return NewError(CodeNotConfigured, sentenceNotConfigured, nil)
	}
	err := h.texts.CanText(ctx, org)
	if errors.Is(err, messenger.ErrNotConfigured) {
		return NewError(CodeNotConfigured, sentenceNotConfigured, err)
	}
	return err
}

// beginText asks the database whether the text may leave now; after outcome send its row stands.
func (h handlers) beginText(ctx context.Context, w textWish, to addressee) (decision db.MessageDecision, err error) {
	zones, region := h.texts.Number(to.phone)
	// Its send key makes the wish one text, so another try may run after a death: it is told what became of the text.
	err = h.asMember(repeatable(ctx), func(tx db.Tx, _ db.Organization) (err error) {
		decision, err = tx.SendFollowUp(ctx, db.SendFollowUpParams{
			ContactID: to.contact, CallID: w.call, Content: w.text, SendKey: w.sendKey(ctx),
			NumberZones: zones, NumberRegion: optional(region), RequestID: optional(RequestID(ctx)),
		})
		return err
	})
	return decision, err
}

// sendKey names the wish: the same user, target, text and key. Dashboards try a failed request again under the same
// X-Request-Id, so that stands in for a missing Idempotency-Key; a client that sends neither gets a new one each time.
func (w textWish) sendKey(ctx context.Context) string {
	claims, _ := claimsOf(ctx)
	target := "contact " + w.contact.String()
	if w.call != nil {
		target = "call " + w.call.String()
	}
	key := "request " + RequestID(ctx)
	if w.key != nil {
		key = "key " + *w.key
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{claims.UserID.String(), target, key, w.text}, "\x00")))
	return "follow_up:" + hex.EncodeToString(sum[:16])
}

// deliver takes the text to the provider. A client that goes away must not stop it halfway.
func (h handlers) deliver(ctx context.Context, to addressee, d db.MessageDecision) (api.TextSent, error) {
	if d.MessageID == nil {
		return api.TextSent{}, errors.New("app.send_follow_up sends a message without an id")
	}
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliverTimeout)
	defer cancel()
	status, err := h.texts.Deliver(sending, to.org, *d.MessageID, "")
	if err != nil {
		LogCause(ctx, "a text's delivery is not known", err)
		status = "unknown"
	}
	return h.delivered(ctx, to, d, status)
}

// delivered answers with what became of a text. Errors: those of notSent, delivery_unknown, busy while another request
// is sending it.
func (h handlers) delivered(ctx context.Context, to addressee, d db.MessageDecision, status string) (api.TextSent, error) {
	switch status {
	case "sent", "delivered":
		h.count.Message("follow_up", "sent")
		return api.TextSent{Success: true, MessageId: *d.MessageID, Phone: valueOr(d.Recipient, to.phone), Message: "SMS sent."}, nil
	case "queued":
		return api.TextSent{}, NewError(CodeBusy, sentenceSending, nil)
	case "unknown":
		h.count.Message("follow_up", "unknown")
		return api.TextSent{}, NewError(CodeDeliveryUnknown, sentenceUnknown, reasonError("the provider's answer did not come"))
	default:
		h.count.Message("follow_up", "failed")
		return api.TextSent{}, h.notSent(ctx, *d.MessageID)
	}
}
