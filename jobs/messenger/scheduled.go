package messenger

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/voxanne-ai/voxanne/db"
)

// Outcomes of app.take_scheduled and app.begin_message, and of app.settle_scheduled.
const (
	outcomeSend     = "send"
	outcomeWait     = "wait"
	outcomeReplayed = "replayed"
	outcomeRefused  = "refused"
	settledDone     = "done"
	settledSkipped  = "skipped"
)

// Ways of a bundle that are not a text alone.
const (
	channelVoice = "voice"
	channelBoth  = "both"
)

// handover is a message whose row stands and that must be taken to its provider now.
type handover struct {
	messageID uuid.UUID
	parcel    parcel
}

// waitError ends the transaction that met a rule which puts the message off, so that nothing of it stays, above all no
// new codes in place of those that a patient has.
type waitError struct{ settle db.SettleScheduledParams }

func (*waitError) Error() string { return "the message must wait" }

// SendScheduled sends what was scheduled, merged with what goes out together with it, by text and e-mail. What is done,
// cancelled or not due yet is left alone. After an error it may be called again: rows that were begun are not sent again.
func (m *Messenger) SendScheduled(ctx context.Context, org, scheduledID uuid.UUID) error {
	var leave []handover
	err := m.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		leave, err = m.take(ctx, tx, org, scheduledID)
		return err
	})
	var wait *waitError
	if errors.As(err, &wait) {
		return m.putOff(ctx, org, wait.settle)
	}
	if err != nil {
		return err
	}
	// Side by side: each may take nearly all of a job's time.
	var group errgroup.Group
	for _, h := range leave {
		group.Go(func() error {
			_, err := m.deliver(ctx, org, h.messageID, h.parcel)
			return err
		})
	}
	return group.Wait()
}

// SendQueued sends a message that a transaction put in the queue, e.g. the answer to a patient's text. Nothing happens
// when another worker has it or it may not leave any more.
func (m *Messenger) SendQueued(ctx context.Context, org, messageID uuid.UUID) error {
	err := m.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		_, err := tx.ClaimMessage(ctx, messageID)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("claim the message: %w", err)
	}
	_, err = m.deliver(ctx, org, messageID, parcel{})
	return err
}

func (m *Messenger) putOff(ctx context.Context, org uuid.UUID, settle db.SettleScheduledParams) error {
	return m.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		if err := tx.SettleScheduled(ctx, settle); err != nil {
			return fmt.Errorf("put the message off: %w", err)
		}
		return nil
	})
}

// take decides on the scheduled message and begins the rows of what leaves.
func (m *Messenger) take(ctx context.Context, tx db.Tx, org, scheduledID uuid.UUID) ([]handover, error) {
	b, err := tx.TakeScheduled(ctx, scheduledID)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("take the scheduled message: %w", err)
	case b.Outcome == outcomeWait:
		return nil, tx.SettleScheduled(ctx, db.SettleScheduledParams{
			ScheduledIds: idsOf(b, scheduledID), Outcome: outcomeWait, NotBefore: b.NotBefore})
	case b.Outcome != outcomeSend:
		return nil, nil
	}
	s := bundle{m: m, tx: tx, org: org, ScheduledBundle: b, reason: reasonNotConfigured}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	return s.leave, s.settle(ctx)
}

func idsOf(b db.ScheduledBundle, scheduledID uuid.UUID) []uuid.UUID {
	if len(b.ScheduledIds) == 0 {
		return []uuid.UUID{scheduledID}
	}
	return b.ScheduledIds
}
