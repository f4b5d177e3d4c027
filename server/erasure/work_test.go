package erasure_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// queued is a job as its row tells it.
type queued struct {
	id   int64
	kind string
	args struct {
		Scheduled uuid.UUID `json:"scheduled_id"`
		Message   uuid.UUID `json:"message_id"`
		Call      uuid.UUID `json:"call_id"`
		Recording uuid.UUID `json:"recording_id"`
	}
}

// work does what waits in the queue, whenever it is due, until nothing new comes of it. The rows stay, to be searched.
func (b *bundle) work(t *testing.T) {
	t.Helper()
	for {
		jobs := b.waiting(t)
		if len(jobs) == 0 {
			return
		}
		for _, job := range jobs {
			b.worked[job.id] = true
			require.NoError(t, b.do(t, job), job.kind)
		}
	}
}

func (b *bundle) waiting(t *testing.T) (jobs []queued) {
	t.Helper()
	rows, err := b.owner.Query(t.Context(), `select id, kind, args from river.river_job order by id`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var job queued
		var args []byte
		require.NoError(t, rows.Scan(&job.id, &job.kind, &args))
		require.NoError(t, json.Unmarshal(args, &job.args))
		if !b.worked[job.id] {
			jobs = append(jobs, job)
		}
	}
	require.NoError(t, rows.Err())
	return jobs
}

// do is what the workers of package jobs do; those that reach Vapi have nothing to do here.
func (b *bundle) do(t *testing.T, job queued) (err error) {
	t.Helper()
	switch ctx := t.Context(); job.kind {
	case "send_scheduled":
		err = b.texts.SendScheduled(ctx, lakeside, job.args.Scheduled)
	case "send_message":
		err = b.texts.SendQueued(ctx, lakeside, job.args.Message)
	case "settle_message":
		_, err = b.texts.Settle(ctx, lakeside, job.args.Message)
	case "keep_recording":
		_, err = b.recordings.Copy(ctx, lakeside, job.args.Call, false)
	case "delete_recording":
		_, err = b.recordings.Remove(ctx, lakeside, job.args.Recording)
	}
	return err
}
