package calendar

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/google"
)

// appointmentKey is the extended property that tells people with the API's eyes which visit an event is of. The event's id
// tells us.
const appointmentKey = "voxanneAppointment"

// googleAccount is one person's calendars at Google. Events of ours have ids of ours, for ever: there is nothing to look for.
type googleAccount struct{ of *google.Account }

// String hides the token from every format verb that asks for text.
func (a *googleAccount) String() string { return a.of.String() }

// GoString hides it from %#v.
func (a *googleAccount) GoString() string { return a.String() }

// Calendars leaves out those of which only free and busy is shown: they cannot be pulled.
func (a *googleAccount) Calendars(ctx context.Context) ([]Calendar, error) {
	listed, err := a.of.Calendars(ctx)
	if err != nil {
		return nil, googleError(err)
	}
	var calendars []Calendar
	for _, c := range listed {
		if c.Readable() {
			calendars = append(calendars, Calendar{ID: c.ID, Name: c.Summary, Zone: c.Zone, Writable: c.Writable(), Primary: c.Primary})
		}
	}
	slices.SortStableFunc(calendars, primaryFirst)
	return calendars, nil
}

// primaryFirst keeps the provider's order otherwise.
func primaryFirst(a, b Calendar) int {
	switch {
	case a.Primary == b.Primary:
		return 0
	case a.Primary:
		return -1
	}
	return 1
}

// Put needs no generation: a change brings a deleted event back, and an id that Google has forgotten can be used anew.
func (a *googleAccount) Put(ctx context.Context, calendarID string, d Draft, known Known) (Known, error) {
	draft := googleDraft(d)
	if known.ID != "" {
		e, err := a.of.Patch(ctx, calendarID, draft, "")
		if !errors.Is(err, google.ErrNotFound) {
			return googleKnown(e), googleError(err)
		}
	}
	e, err := a.of.Insert(ctx, calendarID, draft)
	if errors.Is(err, google.ErrExists) {
		e, err = a.of.Patch(ctx, calendarID, draft, "")
		if errors.Is(err, google.ErrNotFound) { // it holds the id and does not show the event
			return Known{}, &RefusedError{Status: 409, Code: "duplicate"}
		}
	}
	return googleKnown(e), googleError(err)
}

func (a *googleAccount) Remove(ctx context.Context, calendarID string, appointment uuid.UUID, _ Known) error {
	return googleError(a.of.Delete(ctx, calendarID, google.EventID(appointment)))
}

func (a *googleAccount) Find(ctx context.Context, calendarID string, appointment uuid.UUID, _ Known, zone *time.Location) (Own, error) {
	e, err := a.of.Event(ctx, calendarID, google.EventID(appointment))
	if errors.Is(err, google.ErrNotFound) {
		// Google says the same of a calendar that is gone, whose visits nobody has deleted.
		_, err = a.of.Events(ctx, calendarID, google.Query{Min: time.Now(), Max: time.Now().Add(time.Minute), PageSize: 1})
		e = google.Event{ID: google.EventID(appointment), Status: google.StatusCancelled}
	}
	if err != nil {
		return Own{}, googleError(err)
	}
	return googleOwn(e, appointment, zoneOr(zone)), nil
}

// Watch names a new channel each time: an id is used up even if the answer is lost. Its life is the longest that Google gives.
func (a *googleAccount) Watch(ctx context.Context, calendarID string, h Hook) (Channel, error) {
	opened, err := a.of.Watch(ctx, calendarID, google.Channel{ID: uuid.NewString(), Address: h.URL, Token: h.Secret})
	return Channel{ID: opened.ID, ResourceID: opened.ResourceID, Expires: opened.Expires}, googleError(err)
}

func (a *googleAccount) Unwatch(ctx context.Context, c Channel) error {
	return googleError(a.of.StopChannel(ctx, c.ID, c.ResourceID))
}

func googleDraft(d Draft) google.Draft {
	return google.Draft{ID: google.EventID(d.Appointment), Start: d.Start, End: d.End, Zone: d.Zone, Summary: d.Subject,
		Description: d.Detail, Location: d.Place, Hidden: d.Private, Private: map[string]string{appointmentKey: d.Appointment.String()}}
}

// googleKnown is zero for an event that did not come.
func googleKnown(e google.Event) Known { return Known{ID: e.ID, ETag: e.ETag} }

// zoneOr is UTC where no zone is known.
func zoneOr(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}
