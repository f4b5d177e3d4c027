package jobs

import (
	"context"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// SendScheduled sends what is due: a confirmation, reminder, code, missed-call text or campaign step. app.enqueue_job
// puts it in for the moment it is due; when that has moved, the job of the old moment finds nothing to do.
type SendScheduled struct {
	OrgID       uuid.UUID `json:"org_id"`
	ScheduledID uuid.UUID `json:"scheduled_id"`
}

// Kind is the job's name in app.enqueue_job.
func (SendScheduled) Kind() string { return "send_scheduled" }

type sendScheduled struct {
	river.WorkerDefaults[SendScheduled]
	messages Messenger
}

// Work may run again after an error: what it began is not sent a second time.
func (w *sendScheduled) Work(ctx context.Context, job *river.Job[SendScheduled]) error {
	return w.messages.SendScheduled(ctx, job.Args.OrgID, job.Args.ScheduledID)
}
