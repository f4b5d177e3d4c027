package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/voxanne-ai/voxanne/db"
)

const (
	sweepEvery     = time.Hour
	keepEvents     = 48 * time.Hour // longer than any dashboard stays away and then resumes by cursor
	keepDeliveries = 24 * time.Hour // Vapi repeats a webhook within minutes
)

// SweepPlatform deletes the short memories of all tenants: live events and
// webhook deliveries.
type SweepPlatform struct{}

// Kind is the job's name.
func (SweepPlatform) Kind() string { return "sweep_platform" }

// sweepHourly asks for a sweep at the start of a leader and every hour; unique
// by period, so that restarts and several processes make one an hour.
func sweepHourly() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(sweepEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return SweepPlatform{}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: sweepEvery}}
		},
		&river.PeriodicJobOpts{ID: "sweep_platform", RunOnStart: true})
}

type sweepPlatform struct {
	river.WorkerDefaults[SweepPlatform]
	db  *db.DB
	now func() time.Time
}

func (w *sweepPlatform) Work(ctx context.Context, _ *river.Job[SweepPlatform]) error {
	now := w.now()
	if _, err := w.db.Platform().SweepPlatform(ctx, now.Add(-keepEvents), now.Add(-keepDeliveries)); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}
