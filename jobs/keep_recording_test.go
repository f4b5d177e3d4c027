package jobs

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/recorder"
	"github.com/voxanne-ai/voxanne/providers/download"
	"github.com/voxanne-ai/voxanne/providers/storage"
)

// told is a recorder that answers as it was told.
type told struct {
	again time.Duration
	err   error
}

func (r told) Copy(context.Context, uuid.UUID, uuid.UUID, bool) (time.Duration, error) {
	return r.again, r.err
}
func (r told) Remove(context.Context, uuid.UUID, uuid.UUID) (time.Duration, error) {
	return r.again, r.err
}
func (r told) Expire(context.Context) error { return r.err }

func TestRecordingsAreTriedAgainUntilThatIsUseless(t *testing.T) {
	t.Parallel()
	planted := "zanzibar-lilac"
	for says, c := range map[string]struct {
		told          told
		kept, deleted string // states of the two jobs
	}{
		"done":                                {told{}, "completed", "completed"},
		"another process is at it":            {told{again: time.Hour}, "scheduled", "scheduled"},
		"storage: refused or unavailable":     {told{err: errors.Join(errors.New(planted), &storage.UnavailableError{Status: 503})}, "retryable", "retryable"},
		"download: the file is larger":        {told{err: download.ErrTooLarge}, "cancelled", "retryable"},
		"gave as the recording is no sound":   {told{err: recorder.ErrNotAudio}, "cancelled", "retryable"},
		"download: not reached, or broken":    {told{err: &download.UnavailableError{}}, "retryable", "retryable"},
		"storage: there is no room left on t": {told{err: errors.Join(errors.New(planted), storage.ErrFull)}, "retryable", "retryable"},
		"storage: the key was refused, or th": {told{err: storage.ErrUnauthorized}, "retryable", "retryable"},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			require.NoError(t, b.asTenant(t, `select app.enqueue_job('keep_recording', jsonb_build_object('call_id', $1::uuid)),
				app.enqueue_job('delete_recording', jsonb_build_object('recording_id', $1::uuid))`, b.call))
			b.run(t, Options{ReadReport: unread, Messenger: silent{}, Recordings: c.told, Log: slog.New(slog.NewTextHandler(b.log, nil))})
			b.eventually(t, "select state = $1::river.river_job_state from river.river_job where kind = 'keep_recording'", c.kept)
			b.eventually(t, "select state = $1::river.river_job_state from river.river_job where kind = 'delete_recording'", c.deleted)
			if c.told.err != nil {
				b.eventually(t, "select errors[1]::text like '%' || $1 || '%' from river.river_job where kind = 'keep_recording'", says)
			}
			require.NotContains(t, b.log.String(), planted)
		})
	}
}
