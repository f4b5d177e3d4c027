package jobs

import (
	"context"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// SettleMessage finds out what became of a message that was handed over and never finished. It is put in with every
// hand-over, two minutes ahead, and mostly finds nothing to do.
type SettleMessage struct {
	OrgID     uuid.UUID `json:"org_id"`
	MessageID uuid.UUID `json:"message_id"`
}

// Kind is the job's name in app.enqueue_job.
func (SettleMessage) Kind() string { return "settle_message" }

type settleMessage struct {
	river.WorkerDefaults[SettleMessage]
	messages Messenger
}

// Work asks the provider, and comes back when the answer is not final yet.
func (w *settleMessage) Work(ctx context.Context, job *river.Job[SettleMessage]) error {
	again, err := w.messages.Settle(ctx, job.Args.OrgID, job.Args.MessageID)
	if err != nil {
		return err
	}
	if again > 0 {
		return river.JobSnooze(again)
	}
	return nil
}
