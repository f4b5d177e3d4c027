package messenger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/icalendar"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

const (
	// callTimeout bounds one request to a provider.
	callTimeout = 15 * time.Second
	// retryWindow is how long after the first attempt another one may start. With callTimeout and rowTimeout it stays
	// within a job's 30 s, and within what a stopping process is given.
	retryWindow = 10 * time.Second
	// rowTimeout bounds the reading of a message's row, and the writing.
	rowTimeout = 5 * time.Second
)

// pauses between attempts that surely sent nothing.
func pauses() []time.Duration { return []time.Duration{time.Second, 2 * time.Second} }

// Deliver takes a message whose row was begun with hand-over to its provider, once, and writes what came of it into the
// row. body is the text with its codes; empty means the row's content. It returns the row's status: sent, failed or
// unknown. An error means that the row could not be read or written; whoever gets one must not deliver again: the job
// settle_message finds out. It may take 30 s. ctx ending early only keeps it from trying again: a first try is made and
// written down in any case, because a client who goes away would leave nobody knowing.
func (m *Messenger) Deliver(ctx context.Context, org, messageID uuid.UUID, body string) (status string, err error) {
	return m.deliver(ctx, org, messageID, parcel{body: body})
}

// parcel is what leaves with a message and is not in its row.
type parcel struct {
	body   string            // empty: the row's content
	visits []icalendar.Event // for the calendar file
	again  bool              // the same e-mail once more, under its key: the visits are read anew
}

// ErrNotWaiting says that a message is not there to be delivered: its row was not begun with hand-over, or tells already
// what became of it.
var ErrNotWaiting = errors.New("the message was not handed over to be sent, or was sent")

func (m *Messenger) deliver(ctx context.Context, org, messageID uuid.UUID, p parcel) (string, error) {
	send, err := m.prepare(ctx, org, messageID, p)
	var v verdict
	switch {
	case errors.Is(err, ErrNotConfigured), errors.Is(err, ErrNoCredential), errors.Is(err, errWithdrawn):
		v = judge("", err)
	case err != nil:
		return "", err
	default:
		v = m.attempts(ctx, send)
	}
	if v.outcome != sent {
		m.Log.WarnContext(ctx, "message not sent", slog.String("org_id", org.String()), slog.String("message_id", messageID.String()),
			slog.String("outcome", v.outcome), slog.String("reason", v.reason), slog.String("provider_code", v.code))
	}
	m.Metrics.count(v)
	return m.finish(ctx, org, messageID, v)
}

// request is one request to a provider, with everything it needs.
type request func(context.Context) (externalID string, err error)

// prepare reads the row and the key to send it with, even when ctx has ended: a message that was handed over to us and is
// not tried would be taken for lost.
func (m *Messenger) prepare(ctx context.Context, org, messageID uuid.UUID, p parcel) (send request, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rowTimeout)
	defer cancel()
	err = m.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		row, err := tx.GetMessage(ctx, org, messageID)
		if err != nil {
			return fmt.Errorf("read the message: %w", err)
		}
		if row.Status != "queued" || row.HandedOverAt == nil || row.ExternalMessageID != nil {
			return ErrNotWaiting
		}
		if p.body == "" {
			p.body = row.Content
		}
		send, err = m.requestFor(ctx, tx, row, p)
		return err
	})
	return send, err
}

// requestFor chooses the provider by the row's method.
func (m *Messenger) requestFor(ctx context.Context, tx db.Tx, row db.Message, p parcel) (request, error) {
	if row.Method == "email" {
		by, err := m.mailer(ctx, tx, row.OrgID)
		if err != nil {
			return nil, err
		}
		if by.name != text(row.ServiceProvider) { // changed since the row was begun
			return nil, ErrNotConfigured
		}
		return m.mail(ctx, tx, by, row, p)
	}
	by, err := m.texter(ctx, tx, row.OrgID)
	if err != nil {
		return nil, err
	}
	message := by.text(row, p.body)
	message.StatusCallback = m.BackendURL + "/api/twilio/status?message=" + row.ID.String()
	return func(ctx context.Context) (string, error) { return by.account.Send(ctx, message) }, nil
}

// text is the row as it goes out.
func (t texter) text(row db.Message, body string) twilio.Text {
	return twilio.Text{From: t.from, To: row.Recipient, Body: body}
}

// attempts asks up to three times, and again only after an answer that promises that nothing was sent.
func (m *Messenger) attempts(ctx context.Context, send request) verdict {
	started := time.Now()
	v := once(ctx, send)
	for _, pause := range pauses() {
		pause = max(pause, v.pause)
		if !v.repeatable || time.Since(started)+pause > retryWindow {
			break
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return v
		}
		v = once(ctx, send)
	}
	return v
}

// once makes one bounded request that the end of ctx does not break off.
func once(ctx context.Context, send request) verdict {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	return judge(send(ctx))
}

// finish writes the verdict into the row, even when ctx has ended: this is the moment that must not be lost.
func (m *Messenger) finish(ctx context.Context, org, messageID uuid.UUID, v verdict) (status string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rowTimeout)
	defer cancel()
	err = m.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		status, err = tx.FinishMessage(ctx, db.FinishMessageParams{
			MessageID: messageID, Outcome: v.outcome,
			ExternalID: optional(v.externalID), ErrorCode: optional(v.code), Reason: optional(v.reason),
		})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("finish the message: %w", err)
	}
	return status, nil
}

// optional is s, or NULL when it is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
