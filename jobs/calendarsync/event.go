package calendarsync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// maxSteps bounds the writes of one job: a visit that changed its calendar needs two, one whose event had vanished one more.
const maxSteps = 8

// What a visit's event is to be, as app.take_calendar_event says, and what came of it, as app.settle_calendar_event hears.
const (
	workPut     = "put"
	workRewrite = "rewrite"
	workRemove  = "remove"

	nowThere   = "there"
	nowGone    = "gone"
	nowMissing = "missing"
	nowFailed  = "failed"
)

// SyncEvent makes the events of a visit in outside calendars what the visit is now. It returns nil also when a write failed:
// the database has put the next try in the queue then, or when another worker is at it, who goes on. An error is of the
// database, or ctx has ended.
func (s *Syncer) SyncEvent(ctx context.Context, org, appointment uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, EventTime)
	defer cancel()
	lease := uuid.New()
	missing := map[uuid.UUID]bool{} // events that were made anew
	for range maxSteps {
		var work db.CalendarEventWork
		err := s.db.AsTenant(ctx, org, func(tx db.Tx) (err error) {
			work, err = tx.TakeCalendarEvent(ctx, appointment, lease)
			return err
		})
		if err != nil {
			return fmt.Errorf("take an event: %w", err)
		}
		switch work.Outcome {
		case workPut, workRewrite, workRemove:
			if err := s.write(ctx, org, appointment, lease, work, missing); err != nil {
				return err
			}
		default: // in_step, busy, needs_reconnect
			return nil
		}
	}
	return nil // what is still behind is found by the next round
}

// write makes one event what it is to be and says what came of that. An event that is missing again after it was made anew
// has failed, with the pause that failures have: its calendar would be asked for ever.
func (s *Syncer) write(ctx context.Context, org, appointment, lease uuid.UUID, work db.CalendarEventWork, missing map[uuid.UUID]bool) error {
	if work.EventID == nil || work.Provider == nil || work.Version == nil {
		return errors.New("app.take_calendar_event gave work without an event")
	}
	var outcome string
	var known calendar.Known
	calling, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	failure := s.accounts.With(calling, org, *work.Provider, func(ctx context.Context, a calendar.Account) (err error) {
		outcome, known, err = perform(ctx, a, appointment, work)
		return err
	})
	if failure == nil && outcome == nowMissing {
		if missing[*work.EventID] {
			failure = &calendar.RefusedError{Code: "missing"}
		}
		missing[*work.EventID] = true
	}
	said := db.SettleCalendarEventParams{EventID: *work.EventID, LeaseID: lease, Version: *work.Version, Outcome: outcome,
		ExternalID: optional(known.ID), Etag: optional(known.ETag)}
	if failure != nil {
		said.Outcome, said.Error, said.PauseSeconds = nowFailed, optional(codeOf(failure)), pauseOf(failure)
		s.log.Warn("could not write an event of a visit into its calendar",
			"org_id", org, "appointment_id", appointment, "provider", *work.Provider, "reason", codeOf(failure))
	}
	err := s.settle(ctx, org, func(ctx context.Context, tx db.Tx) error {
		_, err := tx.SettleCalendarEvent(ctx, said)
		return err
	})
	if err != nil {
		return fmt.Errorf("settle an event: %w", err)
	}
	s.metrics.wrote(said.Outcome, value(said.Error), work.WishedAt)
	return ctx.Err()
}

// perform asks the provider for what the event is to be. It may be called again with a newer token.
func perform(ctx context.Context, a calendar.Account, appointment uuid.UUID, work db.CalendarEventWork) (string, calendar.Known, error) {
	in := value(work.ExternalCalendarID)
	known := calendar.Known{ID: value(work.ExternalID), ETag: value(work.Etag)}
	switch {
	case work.Outcome == workRemove:
		return nowGone, calendar.Known{}, a.Remove(ctx, in, appointment, known)
	case work.Outcome == workRewrite && known.ID == "":
		return nowGone, calendar.Known{}, nil // to be found only by making it, and it shall not be made
	}
	now, err := a.Put(ctx, in, draft(appointment, work), known)
	switch {
	case errors.Is(err, calendar.ErrMissing) && work.Outcome == workRewrite:
		return nowGone, calendar.Known{}, nil
	case errors.Is(err, calendar.ErrMissing):
		return nowMissing, calendar.Known{}, nil
	}
	return nowThere, now, err
}

// draft is the event as the database wants it.
func draft(appointment uuid.UUID, work db.CalendarEventWork) calendar.Draft {
	return calendar.Draft{
		Appointment: appointment, Generation: int(value(work.Generation)),
		Start: value[time.Time](work.StartsAt), End: value[time.Time](work.EndsAt), Zone: value(work.TimeZone),
		Subject: value(work.Subject), Detail: value(work.Details), Place: value(work.Place),
		// Whoever else sees the calendar need not read who comes; with details the words name a patient.
		Private: work.Details != nil,
	}
}
