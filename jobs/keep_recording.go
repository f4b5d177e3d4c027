package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/voxanne-ai/voxanne/jobs/recorder"
)

const (
	// recordingQueue has workers of its own: a recording takes minutes, and must not keep holds and texts waiting.
	recordingQueue   = "recordings"
	recordingWorkers = 4
	expireEvery      = time.Hour
	// removeTimeout is for one request to the storage.
	removeTimeout = time.Minute
)

// Recorder keeps and deletes recordings. *recorder.Recorder does.
type Recorder interface {
	Copy(ctx context.Context, org, call uuid.UUID, last bool) (again time.Duration, err error)
	Remove(ctx context.Context, org, recording uuid.UUID) (again time.Duration, err error)
	Expire(ctx context.Context) error
}

// KeepRecording copies the recording of a call into the storage. app.note_recording puts it in.
type KeepRecording struct {
	OrgID  uuid.UUID `json:"org_id"`
	CallID uuid.UUID `json:"call_id"`
}

// Kind is the job's name in app.enqueue_job.
func (KeepRecording) Kind() string { return "keep_recording" }

type keepRecording struct {
	river.WorkerDefaults[KeepRecording]
	recordings Recorder
}

// Timeout is for one try.
func (*keepRecording) Timeout(*river.Job[KeepRecording]) time.Duration { return recorder.CopyTimeout }

// Work may run again after an error, with River's growing pauses; what no other try cures ends it.
func (w *keepRecording) Work(ctx context.Context, job *river.Job[KeepRecording]) error {
	again, err := w.recordings.Copy(ctx, job.Args.OrgID, job.Args.CallID, job.Attempt >= job.MaxAttempts)
	switch {
	case recorder.Final(err):
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

// DeleteRecording deletes the file of a recording. app.drop_recordings and app.expire_recordings put it in.
type DeleteRecording struct {
	OrgID       uuid.UUID `json:"org_id"`
	RecordingID uuid.UUID `json:"recording_id"`
}

// Kind is the job's name in app.enqueue_job.
func (DeleteRecording) Kind() string { return "delete_recording" }

type deleteRecording struct {
	river.WorkerDefaults[DeleteRecording]
	recordings Recorder
}

// Timeout is for one try.
func (*deleteRecording) Timeout(*river.Job[DeleteRecording]) time.Duration { return removeTimeout }

// Work may run again after an error. A job that is given up is put in anew by ExpireRecordings.
func (w *deleteRecording) Work(ctx context.Context, job *river.Job[DeleteRecording]) error {
	again, err := w.recordings.Remove(ctx, job.Args.OrgID, job.Args.RecordingID)
	if err == nil && again > 0 {
		return river.JobSnooze(again)
	}
	return err
}

// ExpireRecordings looks for recordings that clinics keep no longer.
type ExpireRecordings struct{}

// Kind is the job's name.
func (ExpireRecordings) Kind() string { return "expire_recordings" }

// expireHourly asks at the start of a leader and every hour; unique by period, as sweepHourly.
func expireHourly() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(expireEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return ExpireRecordings{}, &river.InsertOpts{Queue: recordingQueue, UniqueOpts: river.UniqueOpts{ByPeriod: expireEvery}}
		},
		&river.PeriodicJobOpts{ID: "expire_recordings", RunOnStart: true})
}

type expireRecordings struct {
	river.WorkerDefaults[ExpireRecordings]
	recordings Recorder
}

// Timeout is for all clinics.
func (*expireRecordings) Timeout(*river.Job[ExpireRecordings]) time.Duration {
	return recorder.CopyTimeout
}

func (w *expireRecordings) Work(ctx context.Context, _ *river.Job[ExpireRecordings]) error {
	return w.recordings.Expire(ctx)
}
