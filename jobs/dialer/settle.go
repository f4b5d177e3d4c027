package dialer

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// settleAtMost is how many calls one round looks after; what is left comes with the next.
const settleAtMost = 100

// Settle looks after calls about which nothing was heard in time, see app.outbound_calls_to_settle, and measures how busy the
// slots are. One that cannot be settled keeps no other from being; the errors of all are returned.
func (d *Dialer) Settle(ctx context.Context) error {
	load, err := d.DB.Platform().OutboundLoad(ctx)
	if err != nil {
		return fmt.Errorf("measure the load: %w", err)
	}
	d.Metrics.measure(load, d.AtOnce)
	overdue, err := d.DB.Platform().OutboundCallsToSettle(ctx, settleAtMost)
	if err != nil {
		return fmt.Errorf("find the calls to settle: %w", err)
	}
	var failed []error
	for _, ref := range overdue {
		if err := d.settle(ctx, turn{org: ref.OrgID, id: ref.OutboundCallID, lease: uuid.New()}); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// settle looks after one call, and asks Vapi where only Vapi knows.
func (d *Dialer) settle(ctx context.Context, t turn) error {
	var question db.OutboundQuestion
	err := d.DB.AsTenant(ctx, t.org, func(tx db.Tx) (err error) {
		question, err = tx.OutboundCallToSettle(ctx, t.id, t.lease)
		return err
	})
	if err != nil {
		return fmt.Errorf("look after a call: %w", err)
	}
	if question.Outcome != "ask" {
		return nil
	}
	calls, err := d.Vapi.CallsSince(ctx, text(question.VapiAssistantID), *question.Since)
	if err != nil {
		return fmt.Errorf("ask for a call: %w", err) // its lease ends, and it is asked for again
	}
	found, blocked := find(calls, t.id.String())
	if blocked {
		return d.fail(ctx, t, verdict{reason: "line_busy", pause: busyPause})
	}
	err = d.DB.AsTenant(ctx, t.org, func(tx db.Tx) error {
		_, err := tx.SettleOutboundCall(ctx, t.id, t.lease, found)
		return err
	})
	if err != nil {
		return fmt.Errorf("settle a call: %w", err)
	}
	return nil
}

// find returns Vapi's id of the call of that name; nil: there is none. blocked: there is one that rang nobody.
func find(calls []vapi.PlacedCall, name string) (vapiCallID *string, blocked bool) {
	for _, call := range calls {
		switch {
		case call.Name != name:
		case call.EndedReason == endedBlocked:
			blocked = true
		default:
			return &call.ID, false
		}
	}
	return nil, blocked
}
