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
// it keeps them, and notifications and replaced files that nobody keeps.
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
	db     *db.DB
	atMost int32 // rows of a kind in one transaction
}

// Timeout is longer than other jobs have.
func (w *applyRetention) Timeout(*river.Job[ApplyRetention]) time.Duration { return retainTimeout }

// Work lets each organization's rows go, some of one's and then some of the next one's: the night in which one has years to
// let go of is long for that one only. What is gone is gone in its own transaction, so a process that dies leaves nothing
// half done, and the next run goes on. One that fails does not keep the others from theirs.
func (w *applyRetention) Work(ctx context.Context, _ *river.Job[ApplyRetention]) error {
	turn, err := w.db.Platform().OrgsWithRetention(ctx)
	if err != nil {
		return fmt.Errorf("list organizations: %w", err)
	}
	var failed error
	for len(turn) > 0 {
		var next []uuid.UUID
		for _, org := range turn {
			if ctx.Err() != nil {
				return errors.Join(failed, ctx.Err())
			}
			more, err := w.apply(ctx, org)
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("apply retention in organization %s: %w", org, err))
			} else if more {
				next = append(next, org)
			}
		}
		turn = next
	}
	return failed
}

// apply lets some of one organization's rows go; more: there may be others.
func (w *applyRetention) apply(ctx context.Context, org uuid.UUID) (more bool, err error) {
	var expired int64
	err = w.db.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		expired, err = tx.ApplyRetention(ctx, w.atMost)
		return err
	})
	return expired > 0, err
}
