package jobs

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/voxanne-ai/voxanne/db"
)

// ReleaseHold gives a slot back when its hold has run out. app.hold_slot puts
// it in for the moment after held_until.
type ReleaseHold struct {
	OrgID         uuid.UUID `json:"org_id"`
	AppointmentID uuid.UUID `json:"appointment_id"`
}

// Kind is the job's name in app.enqueue_job.
func (ReleaseHold) Kind() string { return "release_hold" }

type releaseHold struct {
	river.WorkerDefaults[ReleaseHold]
	db *db.DB
}

// Work leaves alone what has become a booking or is held for longer by now.
func (w *releaseHold) Work(ctx context.Context, job *river.Job[ReleaseHold]) error {
	return w.db.AsTenant(ctx, job.Args.OrgID, func(tx db.Tx) error {
		if _, err := tx.ExpireHold(ctx, job.Args.AppointmentID); err != nil {
			return fmt.Errorf("expire the hold: %w", err)
		}
		return nil
	})
}
