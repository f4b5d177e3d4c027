package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

const (
	// deliverTimeout is how long tries may begin, whatever became of the client meanwhile. One that has begun ends by the
	// provider's own time-out and is written down in any case.
	deliverTimeout = 20 * time.Second

	sentenceUnknown = "It is not known whether the message went out. Do not send it again; its state will be shown."
	sentenceSending = "The same message is being sent at this moment. Ask again in a moment."
)

// The ways of messages.method by which staff send.
const (
	bySMS   = "sms"
	byEmail = "email"
)

// Sender takes messages to the providers; *messenger.Messenger is one.
type Sender interface {
	// CanText returns messenger.ErrNotConfigured when the organization has no account to text with.
	CanText(ctx context.Context, org uuid.UUID) error
	// CanEmail returns what messages.service_provider says of the organization's e-mail, or messenger.ErrNotConfigured.
	CanEmail(ctx context.Context, org uuid.UUID) (provider string, err error)
	// Number says in which time zones and which country a number may be.
	Number(phone string) (zones []string, region string)
	// Deliver sends a message that was begun, and returns the status its row has then.
	Deliver(ctx context.Context, org, message uuid.UUID, body string) (status string, err error)
}

// messageCounter counts messages; *Metrics is one.
type messageCounter interface {
	Message(category, outcome string)
}

// sending is a kind of message that staff send, with what they are told when it cannot leave that way.
type sending struct {
	category      string // of the messages
	method        string // bySMS or byEmail
	notConfigured string
	noRecipient   string
	badText       string
	optedOut      string
	notSent       string // the provider's fault; its own words are never shown
}

// providerOf is what messages.service_provider will say. Errors: not_configured.
func (h handlers) providerOf(ctx context.Context, s sending, org uuid.UUID) (provider string, err error) {
	if h.texts == nil {
		return "", NewError(CodeNotConfigured, s.notConfigured, nil)
	}
	if s.method == byEmail {
		provider, err = h.texts.CanEmail(ctx, org)
	} else {
		provider, err = providerTwilio, h.texts.CanText(ctx, org)
	}
	if errors.Is(err, messenger.ErrNotConfigured) {
		return "", NewError(CodeNotConfigured, s.notConfigured, err)
	}
	return provider, err
}

// sendKey names a wish to send: the same user, target, words and key. Dashboards try a failed request again under the
// same X-Request-Id, so that stands in for a missing Idempotency-Key; a client that sends neither gets a new one each time.
func (s sending) sendKey(ctx context.Context, target string, key *string, words string) string {
	claims, _ := claimsOf(ctx)
	named := "request " + RequestID(ctx)
	if key != nil {
		named = "key " + *key
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{claims.UserID.String(), target, named, words}, "\x00")))
	return s.category + ":" + hex.EncodeToString(sum[:16])
}

// carryOut takes a message that may leave to its provider, or finds out what became of one that was begun before; nil
// when it was sent. body is what is sent where the row must not hold it (a link), else empty. Errors for outcomes send and replayed: those of notSent, delivery_unknown, busy while another request
// is sending it.
func (h handlers) carryOut(ctx context.Context, s sending, org uuid.UUID, d db.MessageDecision, body string) error {
	if d.MessageID == nil {
		return errors.New("a message is to be sent that has no id")
	}
	status := value(d.Status)
	if d.Outcome == "send" {
		status = h.deliver(ctx, org, *d.MessageID, body)
	}
	switch status {
	case "sent", "delivered":
		h.count.Message(s.category, "sent")
		return nil
	case "queued":
		return NewError(CodeBusy, sentenceSending, nil)
	case "unknown":
		h.count.Message(s.category, "unknown")
		return NewError(CodeDeliveryUnknown, sentenceUnknown, reasonError("the provider's answer did not come"))
	default:
		h.count.Message(s.category, "failed")
		return h.notSent(ctx, s, *d.MessageID)
	}
}

// deliver takes the message to the provider. A client that goes away must not stop it halfway.
func (h handlers) deliver(ctx context.Context, org, message uuid.UUID, body string) (status string) {
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliverTimeout)
	defer cancel()
	status, err := h.texts.Deliver(sending, org, message, body)
	if err != nil {
		LogCause(ctx, "a message's delivery is not known", err)
		return "unknown"
	}
	return status
}

// notSent puts into words why a message surely did not leave, by what its row says of it: the provider's codes, never its
// words. Codes: bad_request for a number that cannot be texted, opted_out for a STOP that only the carrier had heard of,
// not_configured, internal for everything else.
func (h handlers) notSent(ctx context.Context, s sending, message uuid.UUID) error {
	var row db.Message
	err := h.asMember(ctx, func(tx db.Tx, org db.Organization) (err error) {
		row, err = tx.GetMessage(ctx, org.ID, message)
		return err
	})
	if err != nil { // the client waited so long that the general answer must do
		return NewError(CodeInternal, s.notSent, err)
	}
	switch code, _ := strconv.Atoi(value(row.ProviderError)); {
	case code == twilio.CodeInvalidTo, code == twilio.CodeNotMobile:
		return NewError(CodeBadRequest, sentenceBadNumber, nil)
	case value(row.Reason) == "opted_out":
		return NewError(CodeOptedOut, s.optedOut, nil)
	case value(row.Reason) == "not_configured":
		return NewError(CodeNotConfigured, s.notConfigured, nil)
	default:
		return NewError(CodeInternal, s.notSent, reasonError("the provider did not take the message"))
	}
}
