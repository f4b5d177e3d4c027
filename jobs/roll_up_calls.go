package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/voxanne-ai/voxanne/db"
)

const (
	rollUpEvery = time.Hour
	// rollUpDays is how many days one transaction counts: who changes a call of
	// the clinic waits meanwhile, some milliseconds in the largest clinics.
	rollUpDays = 7
	// rollUpTimeout is for a first time, when years of every clinic are to be
	// counted; what is left over is done an hour later.
	rollUpTimeout = 10 * time.Minute
)

// RollUpCalls counts, in every organization, the days of calls that are over
// and were not counted since they last changed. Numbers are true without it;
// they only come faster with it.
type RollUpCalls struct{}

// Kind is the job's name.
func (RollUpCalls) Kind() string { return "roll_up_calls" }

// rollUpHourly asks for it at the start of a leader and every hour, as sweepHourly does.
func rollUpHourly() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(rollUpEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return RollUpCalls{}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: rollUpEvery}}
		},
		&river.PeriodicJobOpts{ID: "roll_up_calls", RunOnStart: true})
}

type rollUpCalls struct {
	river.WorkerDefaults[RollUpCalls]
	db *db.DB
}

// Timeout is longer than other jobs have.
func (w *rollUpCalls) Timeout(*river.Job[RollUpCalls]) time.Duration { return rollUpTimeout }

// Work goes through all organizations; one that fails does not keep the others from theirs.
func (w *rollUpCalls) Work(ctx context.Context, _ *river.Job[RollUpCalls]) error {
	orgs, err := w.db.Platform().OrgsToRollUp(ctx)
	if err != nil {
		return fmt.Errorf("list organizations: %w", err)
	}
	var failed error
	for _, org := range orgs {
		if ctx.Err() != nil {
			return errors.Join(failed, ctx.Err())
		}
		if err := w.rollUp(ctx, org); err != nil {
			failed = errors.Join(failed, fmt.Errorf("organization %s: %w", org, err))
		}
	}
	return failed
}

// rollUp counts one organization's days, a few in each transaction.
func (w *rollUpCalls) rollUp(ctx context.Context, org uuid.UUID) error {
	for {
		var days int32
		err := w.db.AsTenant(ctx, org, func(tx db.Tx) (err error) {
			days, err = tx.RollUpCalls(ctx, rollUpDays)
			return err
		})
		if err != nil {
			return fmt.Errorf("roll up calls: %w", err)
		}
		if days == 0 {
			return nil
		}
	}
}
