package calendar

import (
	"context"
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
)

// microsoftAccount is one mailbox's calendars. Graph chooses the ids of events; ours are found again by their marks.
type microsoftAccount struct{ of *microsoft.Account }

// String hides the token from every format verb that asks for text.
func (a *microsoftAccount) String() string { return a.of.String() }

// GoString hides it from %#v.
func (a *microsoftAccount) GoString() string { return a.String() }

// Calendars have the mailbox's zone, if the grant lets us see it; calendars have none of their own.
func (a *microsoftAccount) Calendars(ctx context.Context) ([]Calendar, error) {
	listed, err := a.of.Calendars(ctx)
	if err != nil {
		return nil, microsoftError(err)
	}
	zone, err := a.of.Zone(ctx)
	if err != nil {
		return nil, microsoftError(err)
	}
	var calendars []Calendar
	for _, c := range listed {
		calendars = append(calendars, Calendar{ID: c.ID, Name: c.Name, Zone: zone, Writable: c.CanEdit, Primary: c.Default})
	}
	slices.SortStableFunc(calendars, primaryFirst)
	return calendars, nil
}

func (a *microsoftAccount) Put(ctx context.Context, calendarID string, d Draft, known Known) (Known, error) {
	draft := microsoftDraft(calendarID, d)
	if known.ID != "" {
		return a.change(ctx, calendarID, known.ID, draft)
	}
	e, err := a.of.CreateEvent(ctx, calendarID, draft)
	switch {
	case errors.Is(err, microsoft.ErrConflict): // an attempt with another draft arrived, or its event was deleted since
		return a.adopt(ctx, calendarID, draft)
	case err != nil:
		return Known{}, microsoftError(err)
	case !agrees(e, draft): // an attempt arrived, and somebody or another draft came after it
		return a.change(ctx, calendarID, e.ID, draft)
	}
	return microsoftKnown(e), nil
}

// change makes a known event what the draft says, or one of ours that took its place.
func (a *microsoftAccount) change(ctx context.Context, calendarID, id string, draft microsoft.Draft) (Known, error) {
	e, err := a.of.Patch(ctx, calendarID, id, draft)
	if errors.Is(err, microsoft.ErrNotFound) {
		return a.adopt(ctx, calendarID, draft)
	}
	if err != nil {
		return Known{}, microsoftError(err)
	}
	return microsoftKnown(e), nil
}

// adopt looks for an event that we made, and makes it what the draft says. [ErrMissing]: there is none.
func (a *microsoftAccount) adopt(ctx context.Context, calendarID string, draft microsoft.Draft) (Known, error) {
	made, err := a.made(ctx, calendarID, draft.Appointment)
	if err != nil {
		return Known{}, err
	}
	if len(made) == 0 {
		return Known{}, ErrMissing
	}
	e, err := a.of.Patch(ctx, calendarID, made[0].ID, draft)
	if errors.Is(err, microsoft.ErrNotFound) { // deleted in between
		return Known{}, ErrMissing
	}
	if err != nil {
		return Known{}, microsoftError(err)
	}
	return microsoftKnown(e), nil
}

// made returns the events of a visit that we made in a calendar: not the copies that staff made, nor one that they turned
// into a series, which are theirs. [ErrNotFound]: the calendar is not there.
func (a *microsoftAccount) made(ctx context.Context, calendarID, appointment string) ([]microsoft.Event, error) {
	found, err := a.of.FindOurs(ctx, calendarID, appointment)
	if err != nil {
		return nil, microsoftError(err)
	}
	return slices.DeleteFunc(found, func(e microsoft.Event) bool { return !e.Made }), nil
}

// Remove takes the known event away, or without one all that we made for the visit.
func (a *microsoftAccount) Remove(ctx context.Context, calendarID string, appointment uuid.UUID, known Known) error {
	if known.ID != "" {
		return microsoftError(a.of.Delete(ctx, calendarID, known.ID))
	}
	made, err := a.made(ctx, calendarID, appointment.String())
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	for _, e := range made {
		err = errors.Join(err, microsoftError(a.of.Delete(ctx, calendarID, e.ID)))
	}
	return err
}

func (a *microsoftAccount) Find(ctx context.Context, calendarID string, appointment uuid.UUID, known Known, zone *time.Location) (Own, error) {
	if known.ID != "" {
		e, err := a.of.Get(ctx, calendarID, known.ID)
		if err == nil {
			return microsoftOwn(e, appointment, zoneOr(zone)), nil
		}
		if !errors.Is(err, microsoft.ErrNotFound) {
			return Own{}, microsoftError(err)
		}
	}
	made, err := a.made(ctx, calendarID, appointment.String())
	if err != nil {
		return Own{}, err
	}
	if len(made) == 0 {
		return Own{Appointment: appointment, Known: known, Deleted: true}, nil
	}
	return microsoftOwn(made[0], appointment, zoneOr(zone)), nil
}

// Watch tells the same address of changes and of the subscription's own life.
func (a *microsoftAccount) Watch(ctx context.Context, calendarID string, h Hook) (Channel, error) {
	hook := microsoft.Hook{URL: h.URL, LifecycleURL: h.URL, ClientState: h.Secret}
	opened, err := a.of.Subscribe(ctx, calendarID, hook, microsoft.LongestSubscription)
	return Channel{ID: opened.ID, Expires: opened.Expires}, microsoftError(err)
}

func (a *microsoftAccount) Unwatch(ctx context.Context, c Channel) error {
	return microsoftError(a.of.DeleteSubscription(ctx, c.ID))
}

func microsoftDraft(calendarID string, d Draft) microsoft.Draft {
	return microsoft.Draft{Appointment: d.Appointment.String(), Generation: generationIn(calendarID, d.Generation), Subject: d.Subject,
		Text: d.Detail, Place: d.Place, Start: d.Start, End: d.End, Private: d.Private}
}

// generationIn makes the name of a creation one of this calendar. Graph knows the names of a whole mailbox, and a visit that
// moves to another room begins there with generation 0 again.
func generationIn(calendarID string, generation int) int {
	const calendars, generations = 1_000_000, 1_000
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(calendarID)) // never fails
	return int(sum.Sum64()%calendars)*generations + generation%generations
}

// agrees reports whether an event is what a draft says, so far as its answer shows it.
func agrees(e microsoft.Event, d microsoft.Draft) bool {
	start, end := e.Span(time.UTC)
	return start.Equal(d.Start.Truncate(time.Second)) && end.Equal(d.End.Truncate(time.Second)) && e.Subject == d.Subject
}

func microsoftKnown(e microsoft.Event) Known { return Known{ID: e.ID, ETag: e.Version} }
