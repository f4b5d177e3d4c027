package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/librarian"
)

const (
	// knowledgeQueue has workers of its own: documents take minutes, and must not keep holds and texts waiting.
	knowledgeQueue   = "knowledge"
	knowledgeWorkers = 2 // a reader of documents may take half a gigabyte
	reembedEvery     = time.Hour
)

// Librarian makes documents ready to be searched. *librarian.Librarian does.
type Librarian interface {
	Ingest(ctx context.Context, org, version uuid.UUID, last bool) (again time.Duration, err error)
	Abandon(ctx context.Context, org, version uuid.UUID) error
	Reembed(ctx context.Context) error
}

// IngestKnowledge makes a version of a document ready. app.queue_knowledge puts it in.
type IngestKnowledge struct {
	OrgID     uuid.UUID `json:"org_id"`
	VersionID uuid.UUID `json:"version_id"`
}

// Kind is the job's name in app.enqueue_job.
func (IngestKnowledge) Kind() string { return "ingest_knowledge" }

type ingestKnowledge struct {
	river.WorkerDefaults[IngestKnowledge]
	documents Librarian
}

// Timeout is for one try.
func (*ingestKnowledge) Timeout(*river.Job[IngestKnowledge]) time.Duration {
	return librarian.IngestTimeout
}

// Work may run again after an error, with River's growing pauses; what no other try cures ends it. A document is never left between
// two states: what ends this job without the librarian's knowing, its panic and a job that an operator cancels, is written down here,
// and what ends the whole process by [LapseKnowledge].
func (w *ingestKnowledge) Work(ctx context.Context, job *river.Job[IngestKnowledge]) (err error) {
	last, panicked := job.Attempt >= job.MaxAttempts, true
	defer func() {
		if panicked && last || errors.Is(context.Cause(ctx), rivertype.ErrJobCancelledRemotely) {
			err = errors.Join(err, w.documents.Abandon(ctx, job.Args.OrgID, job.Args.VersionID))
		}
	}()
	again, err := w.documents.Ingest(ctx, job.Args.OrgID, job.Args.VersionID, last)
	panicked = false
	switch {
	case librarian.Final(err):
		return river.JobCancel(err)
	case err != nil && ctx.Err() == context.Canceled: //nolint:errorlint // the context's own
		return river.JobSnooze(time.Minute) // the process is told to stop: that was no try
	case err != nil:
		return err
	case again > 0:
		return river.JobSnooze(again)
	}
	return nil
}

// LapseKnowledge looks, when the last try's time is over, whether it ended. app.begin_knowledge puts it in.
type LapseKnowledge struct {
	OrgID     uuid.UUID `json:"org_id"`
	VersionID uuid.UUID `json:"version_id"`
}

// Kind is the job's name in app.enqueue_job.
func (LapseKnowledge) Kind() string { return "lapse_knowledge" }

type lapseKnowledge struct {
	river.WorkerDefaults[LapseKnowledge]
	db *db.DB
}

// Work comes back while somebody may still be at it.
func (w *lapseKnowledge) Work(ctx context.Context, job *river.Job[LapseKnowledge]) error {
	var again int32
	err := w.db.AsTenant(ctx, job.Args.OrgID, func(tx db.Tx) (err error) {
		again, err = tx.LapseKnowledge(ctx, job.Args.VersionID)
		return err
	})
	if err != nil {
		return fmt.Errorf("look after a document's last try: %w", err)
	}
	if again > 0 {
		return river.JobSnooze(time.Duration(again) * time.Second)
	}
	return nil
}

// ReembedKnowledge makes vectors of the current model where documents have none.
type ReembedKnowledge struct{}

// Kind is the job's name.
func (ReembedKnowledge) Kind() string { return "reembed_knowledge" }

// reembedHourly asks at the start of a leader and every hour; unique by period, as sweepHourly. The start is when a model may
// have changed.
func reembedHourly() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(reembedEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return ReembedKnowledge{}, &river.InsertOpts{Queue: knowledgeQueue, UniqueOpts: river.UniqueOpts{ByPeriod: reembedEvery}}
		},
		&river.PeriodicJobOpts{ID: "reembed_knowledge", RunOnStart: true})
}

type reembedKnowledge struct {
	river.WorkerDefaults[ReembedKnowledge]
	documents Librarian
}

// Timeout is for all clinics.
func (*reembedKnowledge) Timeout(*river.Job[ReembedKnowledge]) time.Duration {
	return librarian.ReembedTimeout
}

func (w *reembedKnowledge) Work(ctx context.Context, _ *river.Job[ReembedKnowledge]) error {
	return w.documents.Reembed(ctx)
}
