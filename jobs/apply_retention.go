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
	retainEvery = 24 * time.Hour
	// retainAtMost is how many rows of a kind one transaction lets go: whoever erases or reads one of them waits meanwhile.
	retainAtMost = 500
	// retainTimeout is for the night after a clinic first limits what it keeps; what is left over goes the next night.
	retainTimeout = 20 * time.Minute
)

// ApplyRetention lets go, in every organization, the words of calls and messages and the recordings that are older than
// it keeps them.
type ApplyRetention struct{}

// Kind is the job's name.
func (ApplyRetention) Kind() string { return "apply_retention" }

// retainNightly asks for it at the start of a leader and every day; unique by day, so that restarts make one.
func retainNightly() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(retainEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return ApplyRetention{}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: retainEvery}}
		},
		&river.PeriodicJobOpts{ID: "apply_retention", RunOnStart: true})
}

type applyRetention struct {
	river.WorkerDefaults[ApplyRetention]
	db *db.DB
}

// Timeout is longer than other jobs have.
func (w *applyRetention) Timeout(*river.Job[ApplyRetention]) time.Duration { return retainTimeout }

// Work goes through the organizations that limit something; one that fails does not keep the others from theirs.
func (w *applyRetention) Work(ctx context.Context, _ *river.Job[ApplyRetention]) error {
	orgs, err := w.db.Platform().OrgsWithRetention(ctx)
	if err != nil {
		return fmt.Errorf("list organizations: %w", err)
	}
	var failed error
	for _, org := range orgs {
		if ctx.Err() != nil {
			return errors.Join(failed, ctx.Err())
		}
		if err := w.apply(ctx, org); err != nil {
			failed = errors.Join(failed, fmt.Errorf("organization %s: %w", org, err))
		}
	}
	return failed
}

// apply lets one organization's rows go, some in each transaction.
func (w *applyRetention) apply(ctx context.Context, org uuid.UUID) error {
	for {
		var expired int64
		err := w.db.AsTenant(ctx, org, func(tx db.Tx) (err error) {
			expired, err = tx.ApplyRetention(ctx, retainAtMost)
			return err
		})
		if err != nil {
			return fmt.Errorf("apply retention: %w", err)
		}
		if expired == 0 {
			return nil
		}
	}
}
