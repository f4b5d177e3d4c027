package calendarsync

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
)

// How many requests a step usually makes. The database keeps turns by them; what a step needs beyond, such as a repeated
// request, comes out of the fifth of the quota that the rates leave.
const (
	eventCost = 1
	pullCost  = 2
	watchCost = 2
)

const (
	// accountRate and appRate are four fifths of what Google allows a person and a project each minute. Microsoft allows more:
	// 10,000 in ten minutes in a mailbox, and an app has no limit.
	accountRate, appRate = 480, 8_000
	maxRate              = 1_000_000
)

// rates are requests a minute.
type rates struct{ account, app int32 }

func ratesOf(o Options) rates {
	r := rates{account: accountRate, app: appRate}
	if o.AccountRate > 0 {
		r.account = int32(o.AccountRate)
	}
	if o.AppRate > 0 {
		r.app = int32(o.AppRate)
	}
	return r
}

// Turn is how long the events of a visit must wait until SyncEvent may write them. Come back after that long, and ask again;
// 0: it is their turn. Asking again costs nothing.
func (s *Syncer) Turn(ctx context.Context, org, appointment uuid.UUID) (time.Duration, error) {
	var wait int32
	err := s.db.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		wait, err = tx.TakeEventTurn(ctx, db.TakeEventTurnParams{AppointmentID: appointment, Cost: eventCost,
			AccountRate: s.rates.account, AppRate: s.rates.app})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("take the turn of an event: %w", err)
	}
	return time.Duration(wait) * time.Millisecond, nil
}

// charge takes turns for cost requests and returns how long to wait for the account's. Pulls and channels are few, and stale
// mirrors harm callers: they count, so that writes make room, but do not wait.
func (s *Syncer) charge(ctx context.Context, tx db.Tx, provider string, cost int32) (time.Duration, error) {
	wait, err := tx.TakeCalendarTurn(ctx, db.TakeCalendarTurnParams{Provider: provider, Account: true, Cost: cost, Rate: s.rates.account})
	if err == nil {
		_, err = tx.TakeCalendarTurn(ctx, db.TakeCalendarTurnParams{Provider: provider, Cost: cost, Rate: s.rates.app})
	}
	if err != nil {
		return 0, fmt.Errorf("take turns at the provider: %w", err)
	}
	return time.Duration(wait) * time.Millisecond, nil
}

// sleep waits; an error: ctx ended before.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
