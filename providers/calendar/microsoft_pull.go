package calendar

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
)

// beyond is how much more than wanted is read at both ends: all-day events count as in the mailbox's zone there.
const beyond = 24 * time.Hour

// Pull tells no zone. An event of ours that is gone is in Removed by its id alone, and so is one that left the window: look for
// those that are known with [Account.Find]. An event that cannot be read fails the pull.
func (a *microsoftAccount) Pull(ctx context.Context, r Reading) (Changes, error) {
	window := microsoft.Window{From: r.From.Add(-beyond), To: r.To.Add(beyond)}
	var told microsoft.Changes
	var err error
	if r.Token == "" {
		told, err = a.of.CalendarView(ctx, r.CalendarID, window)
	} else {
		told, err = a.of.Since(ctx, r.CalendarID, window, r.Token)
	}
	if err != nil {
		return Changes{}, microsoftError(err)
	}
	changes := Changes{Whole: told.Full, Removed: told.Removed, Series: told.Whole, Token: told.Link}
	if !changes.Whole { // one that was a single event has the id of its series now
		changes.Removed = append(changes.Removed, told.Whole...)
	}
	for _, e := range told.Events {
		if !changes.Whole {
			changes.Removed = append(changes.Removed, e.ID)
		}
		if appointment, err := uuid.Parse(e.Appointment); err == nil {
			changes.Own = append(changes.Own, microsoftOwn(e, appointment, zoneOr(r.Zone)))
			continue
		}
		for _, b := range microsoft.Busy([]microsoft.Event{e}, zoneOr(r.Zone)) {
			if r.touches(b.Start, b.End) {
				changes.Blocks = append(changes.Blocks, Block{ID: b.EventID, SeriesID: b.SeriesID, Start: b.Start, End: b.End})
			}
		}
	}
	return changes, nil
}

// microsoftOwn is an event that is there.
func microsoftOwn(e microsoft.Event, appointment uuid.UUID, zone *time.Location) Own {
	own := Own{Appointment: appointment, Known: microsoftKnown(e)}
	own.Start, own.End = e.Span(zone)
	e.Appointment = "" // as if it were anybody's
	own.Busy = len(microsoft.Busy([]microsoft.Event{e}, zone)) > 0
	return own
}
