package messenger

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
)

// bundle is one scheduled message while its rows are begun.
type bundle struct {
	db.ScheduledBundle
	m     *Messenger
	tx    db.Tx
	org   uuid.UUID
	leave []handover
	// What the scheduled rows will say: the first message that came of them, or why there is none.
	messageID *uuid.UUID
	begun     bool // a message leaves, or left before
	reason    string
}

// begin asks for the call and begins the text and the e-mail, where those ways are open. A reminder whose call is refused
// is a text instead: the patient is to hear of the visit. A campaign's call that is refused is not made up for.
func (b *bundle) begin(ctx context.Context) error {
	channel, err := b.tx.ScheduledChannel(ctx, b.ScheduledIds)
	if err != nil {
		return fmt.Errorf("read how the message is to go: %w", err)
	}
	if channel == channelVoice || channel == channelBoth {
		called, err := b.beginCall(ctx)
		if err != nil {
			return err
		}
		if channel == channelVoice && (called || b.CampaignID != nil) {
			return nil
		}
	}
	if err := b.beginText(ctx); err != nil {
		return err
	}
	return b.beginEmail(ctx)
}

// beginCall queues the call that this bundle is; whether one was queued, now or before.
func (b *bundle) beginCall(ctx context.Context) (called bool, err error) {
	if b.Phone == nil {
		return false, nil
	}
	zones, region := b.m.Number(*b.Phone)
	answer, err := b.tx.QueueScheduledCall(ctx, b.ScheduledIds[0], zones, region)
	if err != nil {
		return false, fmt.Errorf("queue the call: %w", err)
	}
	if answer.Outcome == outcomeRefused {
		b.reason = text(answer.Refusal)
		return false, nil
	}
	b.begun = true
	return true, nil
}

func (b *bundle) beginText(ctx context.Context) error {
	if b.Phone == nil {
		return nil
	}
	_, err := b.m.texter(ctx, b.tx, b.org)
	if errors.Is(err, ErrNotConfigured) {
		return nil
	}
	if err != nil && !errors.Is(err, ErrNoCredential) { // one that does not open becomes a failed row, which staff see
		return err
	}
	zones, region := b.m.Number(*b.Phone)
	wish := b.wish("sms", providerTwilio, text(b.Text))
	wish.Recipient, wish.NumberZones, wish.NumberRegion, wish.Spoken = b.Phone, zones, optional(region), b.Spoken
	d, err := b.decide(ctx, wish)
	if err != nil || d.Outcome != outcomeSend {
		return err
	}
	body, err := b.m.noteCodes(ctx, b.tx, b.org, *d.MessageID, text(d.Content), b.ScheduledBundle)
	if err != nil {
		return err
	}
	b.leave = append(b.leave, handover{*d.MessageID, parcel{body: body}})
	return nil
}

func (b *bundle) beginEmail(ctx context.Context) error {
	if b.Email == nil || b.EmailText == nil {
		return nil
	}
	by, err := b.m.mailer(ctx, b.tx, b.org)
	if errors.Is(err, ErrNotConfigured) {
		return nil
	}
	if err != nil && !errors.Is(err, ErrNoCredential) {
		return err
	}
	if by.name == "" {
		by.name = providerResend
	}
	wish := b.wish("email", by.name, *b.EmailText)
	wish.SendKey += emailKey
	wish.Recipient, wish.Subject, wish.NumberZones = b.Email, b.Subject, []string{}
	d, err := b.decide(ctx, wish)
	if err != nil || d.Outcome != outcomeSend {
		return err
	}
	b.leave = append(b.leave, handover{*d.MessageID, parcel{visits: visitsOf(b.ScheduledBundle, by.from)}})
	return nil
}

// wish is what text and e-mail ask of app.begin_message alike. A scheduled row is done or skipped once and never waits
// again, so its id names the wish for good.
func (b *bundle) wish(method, provider, content string) db.BeginMessageParams {
	w := db.BeginMessageParams{
		Category: text(b.Category), Method: method, Content: content, SendKey: scheduledKey + b.ScheduledIds[0].String(),
		ServiceProvider: provider, CallID: b.CallID, CampaignID: b.CampaignID,
	}
	if b.ContactID != nil {
		w.ContactID = *b.ContactID
	}
	if len(b.AppointmentIds) > 0 {
		w.AppointmentID = &b.AppointmentIds[0]
	}
	return w
}

// decide asks app.begin_message and keeps what the scheduled rows will say.
func (b *bundle) decide(ctx context.Context, wish db.BeginMessageParams) (db.MessageDecision, error) {
	d, err := b.tx.BeginMessage(ctx, wish)
	if err != nil {
		return d, fmt.Errorf("begin the message: %w", err)
	}
	switch d.Outcome {
	case outcomeWait:
		return d, &waitError{db.SettleScheduledParams{
			ScheduledIds: b.ScheduledIds, Outcome: outcomeWait, Reason: d.Reason, NotBefore: d.NotBefore}}
	case outcomeSend, outcomeReplayed:
		if !b.begun {
			b.begun, b.messageID = true, d.MessageID
		}
	default:
		b.reason = text(d.Reason)
		if b.messageID == nil {
			b.messageID = d.MessageID
		}
	}
	return d, nil
}

// settle says in the scheduled rows what came of them.
func (b *bundle) settle(ctx context.Context) error {
	p := db.SettleScheduledParams{ScheduledIds: b.ScheduledIds, Outcome: settledDone, MessageID: b.messageID}
	if !b.begun {
		p.Outcome, p.Reason = settledSkipped, optional(b.reason)
	}
	if err := b.tx.SettleScheduled(ctx, p); err != nil {
		return fmt.Errorf("settle the scheduled message: %w", err)
	}
	return nil
}
