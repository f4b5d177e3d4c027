package jobs

import (
	"context"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// SendMessage takes a queued message to its provider: what a transaction wanted said and could not send itself.
type SendMessage struct {
	OrgID     uuid.UUID `json:"org_id"`
	MessageID uuid.UUID `json:"message_id"`
}

// Kind is the job's name in app.enqueue_job.
func (SendMessage) Kind() string { return "send_message" }

type sendMessage struct {
	river.WorkerDefaults[SendMessage]
	messages Messenger
}

// Work sends a message that no one took before; a message once taken is left to settle_message.
func (w *sendMessage) Work(ctx context.Context, job *river.Job[SendMessage]) error {
	return w.messages.SendQueued(ctx, job.Args.OrgID, job.Args.MessageID)
}
