package recorder

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
)

// Remove deletes the file of a recording that nobody wants any more, and notes that it is gone. again is when to look once
// more, because a copy may still be writing it.
func (r *Recorder) Remove(ctx context.Context, org, recording uuid.UUID) (again time.Duration, err error) {
	var task db.RecordingCopy
	err = r.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		task, err = tx.RecordingToDelete(ctx, recording)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read which file to delete: %w", err)
	}
	if task.Outcome == "wait" {
		// What is there now goes at once, and what the copy may write after all goes after its time.
		if err := r.Store.Delete(ctx, task.StorageKey); err != nil {
			return 0, fmt.Errorf("delete a recording: %w", err)
		}
		return lease, nil
	}
	return 0, r.remove(ctx, org, task)
}

func (r *Recorder) remove(ctx context.Context, org uuid.UUID, task db.RecordingCopy) error {
	if err := r.Store.Delete(ctx, task.StorageKey); err != nil {
		return fmt.Errorf("delete a recording: %w", err)
	}
	return r.asTenant(ctx, org, func(ctx context.Context, tx db.Tx) error {
		return tx.NoteRecordingDeleted(ctx, task.RecordingID)
	})
}

// Expire puts the deletion of recordings that clinics keep no longer into the queue, and of those that were to be deleted
// and are not.
func (r *Recorder) Expire(ctx context.Context) error {
	orgs, err := r.DB.Platform().OrgsWithDueRecordings(ctx)
	if err != nil {
		return fmt.Errorf("ask which clinics have recordings to delete: %w", err)
	}
	var failed []error
	for _, org := range orgs {
		failed = append(failed, r.DB.AsTenant(ctx, org, func(tx db.Tx) error {
			_, err := tx.ExpireRecordings(ctx, expireAtMost)
			return err
		}))
	}
	return errors.Join(failed...)
}
