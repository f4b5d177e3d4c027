package recorder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/download"
	"github.com/voxanne-ai/voxanne/providers/storage"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// Errors of a copy that no other try cures. Test with errors.Is.
var (
	ErrNotAudio = errors.New("what Vapi gave as the recording is no sound")
	errNoSource = errors.New("the report named no address")
)

// Words of call_logs.recording_error.
const (
	reasonGone        = "gone"        // Vapi has no such recording (any more)
	reasonTooLarge    = "too_large"   // more than MaxSize
	reasonNotAudio    = "not_audio"   // it is something else
	reasonUnreachable = "unreachable" // Vapi, or where it keeps the file
	reasonStorage     = "storage"     // ours did not take it
)

// Copy brings the recording of a call into the storage: from the address in Vapi's report, else from where Vapi says it is
// now. again is when to ask once more, because another process may be at it. An error is written into the call's row: as
// the reason when it is final (Final, or last: nobody tries again), else it counts as not copied yet.
func (r *Recorder) Copy(ctx context.Context, org, call uuid.UUID, last bool) (again time.Duration, err error) {
	var task db.RecordingCopy
	err = r.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		task, err = tx.BeginRecording(ctx, call, int32(lease/time.Second))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("begin to copy the recording: %w", err)
	}
	switch task.Outcome {
	case "copy":
		return 0, r.carryOut(ctx, org, task, last)
	case "wait":
		return lease, nil // after it the other one is done or dead
	case "unwanted":
		return 0, r.remove(ctx, org, task)
	}
	return 0, nil
}

// Final tells that no other try could end better.
func Final(err error) bool {
	return errors.Is(err, download.ErrTooLarge) || errors.Is(err, ErrNotAudio)
}

// carryOut copies and writes down what came of it.
func (r *Recorder) carryOut(ctx context.Context, org uuid.UUID, task db.RecordingCopy, last bool) error {
	kind, size, err := r.copy(ctx, task)
	if err != nil {
		reason := reasonOf(err)
		r.Log.WarnContext(ctx, "recording not copied", slog.String("org_id", org.String()),
			slog.String("recording_id", task.RecordingID.String()), slog.String("reason", reason))
		// A process that is told to stop has not tried for the last time.
		final := Final(err) || last && !errors.Is(ctx.Err(), context.Canceled)
		return errors.Join(err, r.asTenant(ctx, org, func(ctx context.Context, tx db.Tx) error {
			return tx.FailRecording(ctx, task.RecordingID, reason, final)
		}))
	}
	var wanted bool
	err = r.asTenant(ctx, org, func(ctx context.Context, tx db.Tx) error {
		wanted, err = tx.FinishRecording(ctx, task.RecordingID, kind, size)
		return err
	})
	if err != nil {
		return fmt.Errorf("note that the recording is stored: %w", err)
	}
	if !wanted { // deleted or erased meanwhile
		return r.remove(ctx, org, task)
	}
	return nil
}

// copy returns the type and the size of what lies in the storage then.
func (r *Recorder) copy(ctx context.Context, task db.RecordingCopy) (kind string, size int64, err error) {
	kind, size, err = r.stored(ctx, task.StorageKey)
	if err == nil || !errors.Is(err, storage.ErrNotFound) {
		return kind, size, err
	}
	spool, err := newSpool()
	if err != nil {
		return "", 0, &storingError{err}
	}
	defer func() { _ = spool.Close() }() // it is gone with that
	if size, err = r.fetch(ctx, task, spool); err != nil {
		return "", 0, err
	}
	if kind, err = kindAt(spool); err != nil {
		return "", 0, err
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return "", 0, fmt.Errorf("read what was fetched: %w", err)
	}
	if err := r.Store.Put(ctx, task.StorageKey, spool, size, kind); err != nil {
		return "", 0, &storingError{err}
	}
	return kind, size, nil
}

// stored finds the file of a try that died between storing it and saying so. ErrNotFound: there is none.
func (r *Recorder) stored(ctx context.Context, key string) (kind string, size int64, err error) {
	if size, err = r.Store.Stat(ctx, key); err != nil {
		return "", 0, storing(err)
	}
	beginning, err := r.Store.Get(ctx, key, 0, sniffed)
	if err != nil {
		return "", 0, storing(err)
	}
	defer func() { _ = beginning.Close() }()
	kind, err = kindAt(beginning)
	return kind, size, err
}

// fetch writes the recording into the spool and returns its size.
func (r *Recorder) fetch(ctx context.Context, task db.RecordingCopy, spool *os.File) (int64, error) {
	size, err := r.from(ctx, task.SourceURL, spool)
	if err == nil || Final(err) || errors.Is(err, storage.ErrFull) || ctx.Err() != nil {
		return size, err
	}
	// The address has expired, or was none that opens anything: Vapi names a new one.
	if task.VapiCallID == nil {
		return 0, vapi.ErrNotFound
	}
	address, err := r.Source.RecordingURL(ctx, *task.VapiCallID)
	if err != nil {
		return 0, fmt.Errorf("ask where the recording is: %w", err)
	}
	return r.from(ctx, &address, spool)
}

func (r *Recorder) from(ctx context.Context, address *string, spool *os.File) (int64, error) {
	if address == nil {
		return 0, errNoSource
	}
	if err := errors.Join(spool.Truncate(0), seekStart(spool)); err != nil {
		return 0, fmt.Errorf("empty what was fetched in vain: %w", err)
	}
	size, err := r.Download.Fetch(ctx, *address, spool, r.MaxSize)
	if storage.IsFull(err) {
		return 0, &storingError{storage.ErrFull}
	}
	if err != nil {
		return 0, fmt.Errorf("fetch the recording: %w", err)
	}
	return size, nil
}

func seekStart(file *os.File) error {
	_, err := file.Seek(0, io.SeekStart)
	return err
}

// newSpool makes a file on this machine's disk that has no name any more: a process that dies leaves nothing of the call
// behind. A recording may be too long for the memory, and its size must be known before it is stored.
func newSpool() (*os.File, error) {
	spool, err := os.CreateTemp("", "recording-")
	if err != nil {
		return nil, fmt.Errorf("make a file for what is fetched: %w", err)
	}
	if err := os.Remove(spool.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("hide the file for what is fetched: %w", err), spool.Close())
	}
	return spool, nil
}

// storingError is an error of the storage, told from those of the download.
type storingError struct{ error }

func (e *storingError) Unwrap() error { return e.error }

func storing(err error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return err
	}
	return &storingError{err}
}

// reasonOf is what the clinic is told.
func reasonOf(err error) string {
	var ours *storingError
	switch {
	case errors.As(err, &ours):
		return reasonStorage
	case errors.Is(err, download.ErrTooLarge):
		return reasonTooLarge
	case errors.Is(err, ErrNotAudio):
		return reasonNotAudio
	case errors.Is(err, vapi.ErrNotFound), errors.Is(err, download.ErrGone):
		return reasonGone
	default:
		return reasonUnreachable
	}
}
