package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"github.com/voxanne-ai/voxanne/jobs/dialer"
)

const (
	// callQueue has workers of its own: dialing waits for Vapi, and must keep nothing else waiting when that is slow.
	callQueue   = "calls"
	callWorkers = 3
	// dialTimeout ends a job that always finds another call; the next one goes on.
	dialTimeout = 4 * time.Minute
	tendEvery   = 5 * time.Second
)

// DialCalls makes the calls that are due, whoever's. app.queue_outbound_call puts it in, and whatever frees a slot.
type DialCalls struct{}

// Kind is the job's name in app.enqueue_job.
func (DialCalls) Kind() string { return "dial_calls" }

// TendCalls looks after calls about which nothing was heard, and makes those that have become due.
type TendCalls struct{}

// Kind is the job's name.
func (TendCalls) Kind() string { return "tend_calls" }

func tendOften() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(tendEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return TendCalls{}, &river.InsertOpts{Queue: callQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: tendEvery}}
		},
		&river.PeriodicJobOpts{ID: "tend_calls", RunOnStart: true})
}

type dialCalls struct {
	river.WorkerDefaults[DialCalls]
	dialer *dialer.Dialer
}

func (*dialCalls) Timeout(*river.Job[DialCalls]) time.Duration { return dialTimeout }

// Work dials until there is nothing to do.
func (w *dialCalls) Work(ctx context.Context, _ *river.Job[DialCalls]) error {
	return w.dialer.Dial(ctx)
}

type tendCalls struct {
	river.WorkerDefaults[TendCalls]
	dialer *dialer.Dialer
}

func (*tendCalls) Timeout(*river.Job[TendCalls]) time.Duration { return dialTimeout }

// Work settles first, which may free slots; what it fails at comes again with the next round.
func (w *tendCalls) Work(ctx context.Context, _ *river.Job[TendCalls]) error {
	settled := w.dialer.Settle(ctx)
	return errors.Join(settled, w.dialer.Dial(ctx))
}
