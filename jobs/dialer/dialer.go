// Package dialer makes the calls that clinics have queued, as many at once as the account at Vapi has slots. Whose call is
// next, whether it may be made and what came of it is decided and kept by functions of the database; here Vapi is asked. It
// keeps no state of its own: any number of processes may dial at once, and any of them may die at any point.
package dialer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const (
	// leaseSeconds is how long a call is a dialer's from being taken until it is handed over, which is one transaction.
	leaseSeconds = 60
	// placeTime bounds asking for a call, waiting for a turn included: less than the two minutes after which the database
	// takes its dialer for dead.
	placeTime = 60 * time.Second
	// keepTime bounds writing down what came of it, also after the process was told to stop.
	keepTime = 10 * time.Second
	// MostAtOnce is how many slots an account may have; app.take_outbound_call counts them at every call.
	MostAtOnce = 1000
)

// Calls is Vapi as far as calls of ours go; *vapi.Client is one.
type Calls interface {
	PlaceCall(ctx context.Context, call vapi.OutboundCall) (vapi.PlacedCall, error)
	CallsSince(ctx context.Context, assistantID string, since time.Time) ([]vapi.PlacedCall, error)
}

// Options of a [Dialer]; all but Log and Metrics are required.
type Options struct {
	DB      *db.DB
	Vapi    Calls
	AtOnce  int          // slots of the account, 1 to [MostAtOnce]
	Metrics *Metrics     // nil: counted for nobody
	Log     *slog.Logger // nil: nothing is logged
}

// Dialer makes calls. Safe for concurrent use.
type Dialer struct{ Options }

// New returns a dialer, or says what is missing.
func New(o Options) (*Dialer, error) {
	if o.DB == nil || o.Vapi == nil {
		return nil, errors.New("a database and Vapi are needed to make calls")
	}
	if o.AtOnce < 1 || o.AtOnce > MostAtOnce {
		return nil, fmt.Errorf("calls at once: %d is not between 1 and %d", o.AtOnce, MostAtOnce)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(nil)
	}
	return &Dialer{o}, nil
}

// Dial makes calls until none is due, no slot is free, or Vapi wants a pause. An error is of the database, or ctx has ended;
// what Vapi did wrong stands in the call.
func (d *Dialer) Dial(ctx context.Context) error {
	for {
		taken, err := d.DB.Platform().TakeOutboundCall(ctx, int32(d.AtOnce), uuid.New(), leaseSeconds) //nolint:gosec // bounded by New
		if err != nil {
			return fmt.Errorf("take the next call: %w", err)
		}
		if len(taken) == 0 {
			return nil
		}
		goOn, err := d.dial(ctx, turn{org: taken[0].OrgID, id: taken[0].OutboundCallID, lease: *taken[0].LeaseID})
		if err != nil || !goOn {
			return err
		}
	}
}

// turn is a call that this dialer has in hand.
type turn struct{ org, id, lease uuid.UUID }

// dial makes one call. goOn is false when the next one would fare no better.
func (d *Dialer) dial(ctx context.Context, t turn) (goOn bool, err error) {
	var to db.OutboundDial
	err = d.DB.AsTenant(ctx, t.org, func(tx db.Tx) (err error) {
		to, err = tx.PrepareOutboundCall(ctx, t.id, t.lease)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("prepare a call: %w", err)
	}
	if to.Outcome != "dial" {
		return true, nil
	}
	placing, stop := context.WithTimeout(ctx, placeTime)
	defer stop()
	placed, err := d.Vapi.PlaceCall(placing, request(t.id, to))

	// The call may ring: what is known of it is kept also when the process was told to stop meanwhile.
	keeping, stopKeeping := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer stopKeeping()
	v := judge(placed, err)
	d.Metrics.asked.WithLabelValues(v.name()).Inc()
	switch {
	case v.uncertain:
		d.Log.WarnContext(ctx, "a call may have been made", "org_id", t.org, "outbound_call_id", t.id, "error", err)
		return false, nil // Settle asks
	case v.reason != "":
		d.Log.WarnContext(ctx, "a call was not made", "org_id", t.org, "outbound_call_id", t.id, "reason", v.reason, "error", err)
		return v.goOn, d.fail(keeping, t, v)
	default:
		return placed.Limits.Remaining > 0 || placed.Limits.Limit == 0, d.keep(keeping, t, placed.ID)
	}
}

// keep writes down that Vapi makes the call.
func (d *Dialer) keep(ctx context.Context, t turn, vapiCallID string) error {
	err := d.DB.AsTenant(ctx, t.org, func(tx db.Tx) error {
		_, err := tx.NoteCallPlaced(ctx, t.id, t.lease, vapiCallID)
		return err
	})
	if err != nil {
		return fmt.Errorf("note a call that was placed: %w", err)
	}
	return nil
}

// fail writes down that there is no call.
func (d *Dialer) fail(ctx context.Context, t turn, v verdict) error {
	err := d.DB.AsTenant(ctx, t.org, func(tx db.Tx) error {
		_, err := tx.FailOutboundCall(ctx, db.FailOutboundCallParams{
			ID: t.id, LeaseID: t.lease, Reason: v.reason, Final: v.final, PauseSeconds: int32(v.pause / time.Second)}) //nolint:gosec // minutes
		return err
	})
	if err != nil {
		return fmt.Errorf("note a call that was not made: %w", err)
	}
	return nil
}
