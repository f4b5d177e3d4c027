package calendarsync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// Pull reads what changed in a calendar since the last time, or all of it, and has the database apply it. It returns nil
// also when the provider failed or took longer than PullTime (the link's row says so, and when the next pull is due) or
// another worker is at it. An error is of the database, or unknown, or ctx has ended: then the job may be repeated at once.
func (s *Syncer) Pull(ctx context.Context, org, link uuid.UUID) error {
	started, told := time.Now(), ctx
	ctx, cancel := context.WithTimeout(ctx, PullTime)
	defer cancel()
	p := &pull{Syncer: s, org: org, link: link, lease: uuid.New()}
	if err := p.take(ctx); err != nil {
		return err
	}
	if p.work.Outcome != "pull" {
		return nil
	}
	err := p.read(ctx)
	if err == nil {
		err = p.findMissing(ctx)
	}
	outcome := ""
	if err == nil {
		outcome, err = p.apply(ctx)
	}
	if err != nil {
		outcome, err = p.fail(told, err)
	}
	s.metrics.pulled(outcome, time.Since(started))
	return err
}

// pull is one reading of one calendar under one lease.
type pull struct {
	*Syncer
	org, link, lease uuid.UUID
	work             db.CalendarPull
	reading          calendar.Reading
	changes          calendar.Changes
}

func (p *pull) take(ctx context.Context) error {
	err := p.db.AsTenant(ctx, p.org, func(tx db.Tx) (err error) {
		p.work, err = tx.TakePull(ctx, p.link, p.lease)
		if err != nil || p.work.Outcome != "pull" {
			return err
		}
		_, err = p.charge(ctx, tx, value(p.work.Provider), pullCost)
		return err
	})
	if err != nil {
		return fmt.Errorf("take a pull: %w", err)
	}
	return nil
}

// read asks for the changes. A calendar whose zone is another than was known is read whole once more.
func (p *pull) read(ctx context.Context) error {
	zone, err := time.LoadLocation(value(p.work.TimeZone))
	if err != nil {
		return fmt.Errorf("load the calendar's zone: %w", err)
	}
	p.reading = calendar.Reading{CalendarID: value(p.work.ExternalCalendarID), Zone: zone,
		From: value(p.work.WindowFrom), To: value(p.work.WindowTo), Token: value(p.work.SyncToken)}
	if err := p.list(ctx); err != nil {
		return err
	}
	moved, err := p.noteZone(ctx)
	if err != nil || !moved {
		return err
	}
	return p.list(ctx)
}

// list reads once, and whole if the last pull's token is of no use any more.
func (p *pull) list(ctx context.Context) error {
	return p.accounts.With(ctx, p.org, value(p.work.Provider), func(ctx context.Context, a calendar.Account) (err error) {
		p.changes, err = a.Pull(ctx, p.reading)
		if errors.Is(err, calendar.ErrGone) && p.reading.Token != "" {
			p.reading.Token = ""
			p.changes, err = a.Pull(ctx, p.reading)
		}
		return err
	})
}

// noteZone has the link know the zone that the provider tells. True: it is another one, and reading is to begin anew.
func (p *pull) noteZone(ctx context.Context) (moved bool, err error) {
	if p.changes.Zone == "" || p.changes.Zone == p.reading.Zone.String() {
		return false, nil
	}
	zone, err := time.LoadLocation(p.changes.Zone)
	if err != nil {
		return false, nil // a name that nobody knows tells nothing
	}
	err = p.db.AsTenant(ctx, p.org, func(tx db.Tx) (err error) {
		moved, err = tx.NoteCalendarZone(ctx, p.link, p.lease, p.changes.Zone)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("note the calendar's zone: %w", err)
	}
	p.reading.Zone, p.reading.Token = zone, ""
	return moved, nil
}

// findMissing looks for the visits' events that should be there and that a reading of the whole window lacks, or of which
// changes tell only that something became of them: deleted, or moved out of the window, and only asking tells which.
func (p *pull) findMissing(ctx context.Context) error {
	if !p.changes.Whole && len(p.changes.Removed) == 0 {
		return nil
	}
	var expected []db.ExpectedEvent
	err := p.db.AsTenant(ctx, p.org, func(tx db.Tx) (err error) {
		expected, err = tx.ExpectedCalendarEvents(ctx, p.link)
		return err
	})
	if err != nil {
		return fmt.Errorf("list the events that should be there: %w", err)
	}
	for _, event := range p.unclear(expected) {
		if err := p.find(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

// unclear are those of the expected events of which the reading does not say where they are.
func (p *pull) unclear(expected []db.ExpectedEvent) []db.ExpectedEvent {
	seen, touched := map[uuid.UUID]bool{}, map[string]bool{}
	for _, own := range p.changes.Own {
		seen[own.Appointment] = true
	}
	for _, id := range p.changes.Removed {
		touched[id] = true
	}
	return slices.DeleteFunc(expected, func(e db.ExpectedEvent) bool {
		return seen[e.AppointmentID] || !p.changes.Whole && !touched[value(e.ExternalID)]
	})
}

// find looks for one event, at the account's pace: a calendar may lack hundreds.
func (p *pull) find(ctx context.Context, event db.ExpectedEvent) error {
	var wait time.Duration
	err := p.db.AsTenant(ctx, p.org, func(tx db.Tx) (err error) {
		wait, err = p.charge(ctx, tx, value(p.work.Provider), 1)
		return err
	})
	if err != nil {
		return err
	}
	if err := sleep(ctx, wait); err != nil {
		return err
	}
	return p.accounts.With(ctx, p.org, value(p.work.Provider), func(ctx context.Context, a calendar.Account) error {
		own, err := a.Find(ctx, p.reading.CalendarID, event.AppointmentID, calendar.Known{ID: value(event.ExternalID)}, p.reading.Zone)
		if err != nil {
			return fmt.Errorf("find an event: %w", err)
		}
		if own.Known.ID == "" {
			own.Known.ID = value(event.ExternalID)
		}
		p.changes.Own = append(p.changes.Own, own)
		return nil
	})
}

// apply has the database take over what was read. outcome: whole, changes, or lost when the lease was.
func (p *pull) apply(ctx context.Context) (outcome string, err error) {
	var applied db.CalendarApplied
	err = p.settle(ctx, p.org, func(ctx context.Context, tx db.Tx) error {
		ids, err := tx.KnownVisits(ctx, visits(p.changes.Own))
		if err != nil {
			return fmt.Errorf("tell the clinic's visits from others': %w", err)
		}
		said, err := p.params(ids)
		if err != nil {
			return err
		}
		applied, err = tx.ApplyCalendarChanges(ctx, said)
		return err
	})
	switch {
	case err != nil:
		return "", fmt.Errorf("apply what was read: %w", err)
	case applied.Outcome != "applied":
		return "lost", nil
	case p.changes.Whole:
		return "whole", nil
	}
	return "changes", nil
}

// fail gives the lease back and says why. Only what is no provider's failure stays an error, or the end of ctx.
func (p *pull) fail(ctx context.Context, failure error) (outcome string, err error) {
	outcome = codeOf(failure)
	err = p.settle(ctx, p.org, func(ctx context.Context, tx db.Tx) error {
		_, err := tx.FailPull(ctx, db.FailPullParams{CalendarLinkID: p.link, LeaseID: p.lease, Error: &outcome, PauseSeconds: pauseOf(failure)})
		return err
	})
	if err != nil {
		err = fmt.Errorf("note a failed pull: %w", err)
	}
	p.log.Warn("could not read a calendar", "org_id", p.org, "calendar_link_id", p.link, "provider", value(p.work.Provider), "reason", outcome)
	if outcome == "failed" || ctx.Err() != nil {
		err = errors.Join(failure, err)
	}
	return outcome, err
}
