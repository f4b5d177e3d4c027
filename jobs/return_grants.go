package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/voxanne-ai/voxanne/jobs/grants"
)

const (
	returnEvery = 5 * time.Minute
	// returnTimeout leaves a provider that answers slowly its time; what is left over goes the next time.
	returnTimeout = 4 * time.Minute
)

// ReturnOldGrants gives the tokens of calendars back that nobody confirmed within ten minutes, or that were refused.
type ReturnOldGrants struct{}

// Kind is the job's name.
func (ReturnOldGrants) Kind() string { return "return_old_grants" }

// returnGrantsOften asks for it at the start of a leader and every five minutes; unique by period, so that restarts and
// several processes make one of each.
func returnGrantsOften() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(returnEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return ReturnOldGrants{}, &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: returnEvery}}
		},
		&river.PeriodicJobOpts{ID: "return_old_grants", RunOnStart: true})
}

type returnOldGrants struct {
	river.WorkerDefaults[ReturnOldGrants]
	grants *grants.Keeper
}

// Timeout is longer than other jobs have.
func (w *returnOldGrants) Timeout(*river.Job[ReturnOldGrants]) time.Duration { return returnTimeout }

// Work does not repeat what failed: the next one does.
func (w *returnOldGrants) Work(ctx context.Context, _ *river.Job[ReturnOldGrants]) error {
	return w.grants.ReturnOld(ctx)
}
