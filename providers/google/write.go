package google

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

// Draft is what an event of ours should be. Formatting it shows nothing.
type Draft struct {
	ID                             string // see [EventID]
	Start, End                     time.Time
	Zone                           string // IANA, the one it is shown in; empty: the calendar's
	Summary, Description, Location string
	Private                        map[string]string // extended properties that only this calendar's copy has
	Hidden                         bool              // its words, from those with whom the calendar is shared
}

// String keeps what the event is about out of logs.
func (d Draft) String() string { return "[event]" }

// GoString keeps it out of %#v.
func (d Draft) GoString() string { return d.String() }

// valid refuses what Google would: an id of 5 to 1024 characters of base32hex, and an event that takes time.
func (d Draft) valid() error {
	switch {
	case len(d.ID) > 1024 || !regexp.MustCompile(`^[a-v0-9]{5,}$`).MatchString(d.ID):
		return &RefusedError{Reason: "invalidId"}
	case !d.Start.Before(d.End):
		return &RefusedError{Reason: "timeRangeEmpty"}
	}
	return nil
}

// body is the event as Google reads it. In a patch, what is absent stays and null goes: `date: null` turns an event that
// staff made an all-day one back, and the status brings back one that they deleted.
func (d Draft) body() map[string]any {
	when := func(t time.Time) map[string]any {
		w := map[string]any{"dateTime": t.Format(time.RFC3339), "date": nil}
		if d.Zone != "" {
			w["timeZone"] = d.Zone
		}
		return w
	}
	visibility := "default"
	if d.Hidden {
		visibility = "private"
	}
	return map[string]any{"status": StatusConfirmed, "visibility": visibility, "start": when(d.Start), "end": when(d.End),
		"summary": d.Summary, "description": d.Description, "location": d.Location,
		"extendedProperties": map[string]any{"private": d.Private}}
}

// Insert makes an event with our id. [ErrExists] may mean that an earlier attempt arrived, of this call too: [Account.Event]
// it, and [Account.Patch] what differs. A deleted event still has its id and is brought back in the same way.
//
// Errors: [ErrExists], [ErrNotFound] (the calendar), [ErrUnauthorized], [ErrScopeMissing], [*RateLimitedError],
// [*RefusedError], [*UnavailableError] (Google: events.insert).
func (a *Account) Insert(ctx context.Context, calendar string, d Draft) (Event, error) {
	if err := d.valid(); err != nil {
		return Event{}, err
	}
	body := d.body()
	body["id"] = d.ID
	return a.event(ctx, call{method: http.MethodPost, path: eventsPath(calendar), body: body})
}

// Event returns an event, a cancelled one too.
//
// Errors: [ErrNotFound], [ErrUnauthorized], [ErrScopeMissing], [*RateLimitedError], [*RefusedError], [*UnavailableError]
// (Google: events.get).
func (a *Account) Event(ctx context.Context, calendar, id string) (Event, error) {
	return a.event(ctx, call{method: http.MethodGet, path: eventsPath(calendar, id)})
}

// Patch makes an event what the draft says, confirmed, and leaves all else of it. With an ETag it does so only while the
// event is as it was then; [ErrConflict] otherwise, and also when an earlier attempt of this call arrived: read it again.
//
// Errors: [ErrConflict], [ErrNotFound], [ErrUnauthorized], [ErrScopeMissing], [*RateLimitedError], [*RefusedError],
// [*UnavailableError] (Google: events.patch).
func (a *Account) Patch(ctx context.Context, calendar string, d Draft, etag string) (Event, error) {
	if err := d.valid(); err != nil {
		return Event{}, err
	}
	return a.event(ctx, call{method: http.MethodPatch, path: eventsPath(calendar, d.ID), body: d.body(), match: etag})
}

// Delete takes an event away. One that is not there, or whose calendar is not, is done.
//
// Errors: [ErrUnauthorized], [ErrScopeMissing], [*RateLimitedError], [*RefusedError], [*UnavailableError] (Google:
// events.delete).
func (a *Account) Delete(ctx context.Context, calendar, id string) error {
	err := a.do(ctx, call{method: http.MethodDelete, path: eventsPath(calendar, id), query: url.Values{"sendUpdates": {"none"}}})
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrGone) {
		return nil
	}
	return err
}

// event makes a call that is answered with an event. Nobody is written to: patients are not invited, staff look.
func (a *Account) event(ctx context.Context, c call) (Event, error) {
	c.query = url.Values{"fields": {eventFields}}
	if c.method != http.MethodGet {
		c.query.Set("sendUpdates", "none")
	}
	var answer json.RawMessage
	c.into = &answer
	if err := a.do(ctx, c); err != nil {
		return Event{}, err
	}
	e, err := ParseEvent(answer)
	if err != nil {
		return Event{}, &UnavailableError{Status: http.StatusOK, reason: "the answer is no event"}
	}
	return e, nil
}
