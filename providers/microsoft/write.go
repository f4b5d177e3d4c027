package microsoft

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// expandOurs asks for our property beside an event: Graph shows extended properties only when they are named.
var expandOurs = "$expand=" + url.QueryEscape("singleValueExtendedProperties($filter=id eq '"+appointmentProperty+"')")

// CreateEvent makes the event of an appointment and returns it. Repeating it with an equal draft makes no second one
// (transactionId). After an [*UnavailableError] it may exist: look with [Account.FindOurs] before creating a changed draft.
//
// Errors: [ErrUnauthorized], [ErrForbidden], [ErrNotFound] (the calendar), [ErrConflict], [*RateLimitedError],
// [*RefusedError], [*UnavailableError] (Graph: POST /me/calendars/{id}/events).
func (a *Account) CreateEvent(ctx context.Context, calendarID string, d Draft) (Event, error) {
	path, known := eventsPath(calendarID)
	if !known {
		return Event{}, ErrNotFound
	}
	if !isUUID.MatchString(d.Appointment) || d.Generation < 0 || !d.End.After(d.Start) {
		return Event{}, &RefusedError{}
	}
	body := d.fields()
	body["transactionId"] = d.transaction()
	body["singleValueExtendedProperties"] = []map[string]string{{"id": appointmentProperty, "value": strings.ToLower(d.Appointment)}}
	return a.one(ctx, call{method: http.MethodPost, path: path, body: body})
}

// FindOurs returns the events of a calendar that are marked with an appointment's id, by id: none, one, or more when staff
// copied it (Graph: GET /me/calendars/{id}/events with a filter on the extended property).
//
// Errors: as [Account.CreateEvent], without [ErrConflict].
func (a *Account) FindOurs(ctx context.Context, calendarID, appointment string) ([]Event, error) {
	path, known := eventsPath(calendarID)
	if !known {
		return nil, ErrNotFound
	}
	if !isUUID.MatchString(appointment) {
		return nil, &RefusedError{}
	}
	filter := "singleValueExtendedProperties/Any(ep: ep/id eq '" + appointmentProperty + "' and ep/value eq '" + strings.ToLower(appointment) + "')"
	rows, err := list[wireEvent](ctx, a, path+"?$filter="+url.QueryEscape(filter))
	if err != nil {
		return nil, err
	}
	found := make([]Event, 0, len(rows))
	for _, row := range rows {
		e, readable := row.event()
		if !readable {
			return nil, unreadable(http.StatusOK)
		}
		e.Appointment = strings.ToLower(appointment) // the answer to a filter does not show what was filtered by
		found = append(found, e)
	}
	slices.SortFunc(found, func(x, y Event) int { return cmp.Compare(x.ID, y.ID) })
	return found, nil
}

// Get returns an event of this calendar. One that staff deleted, or moved to another calendar, is [ErrNotFound] (Graph: GET
// /me/calendars/{id}/events/{id}). Other errors as [Account.CreateEvent].
func (a *Account) Get(ctx context.Context, calendarID, eventID string) (Event, error) {
	path, known := eventPath(calendarID, eventID)
	if !known {
		return Event{}, ErrNotFound
	}
	return a.one(ctx, call{method: http.MethodGet, path: path + "?" + expandOurs})
}

// Patch makes an event agree with a draft and returns it; whose event it is does not change (Graph: PATCH
// /me/calendars/{id}/events/{id}). Also [ErrNotFound]; other errors as [Account.CreateEvent].
func (a *Account) Patch(ctx context.Context, calendarID, eventID string, d Draft) (Event, error) {
	path, known := eventPath(calendarID, eventID)
	if !known {
		return Event{}, ErrNotFound
	}
	if !d.End.After(d.Start) {
		return Event{}, &RefusedError{}
	}
	return a.one(ctx, call{method: http.MethodPatch, path: path, body: d.fields()})
}

// Delete removes an event; one that is not there is removed (Graph: DELETE /me/calendars/{id}/events/{id}). Other errors as
// [Account.CreateEvent].
func (a *Account) Delete(ctx context.Context, calendarID, eventID string) error {
	path, known := eventPath(calendarID, eventID)
	if !known {
		return nil
	}
	err := a.do(ctx, call{method: http.MethodDelete, path: path}, nil)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (a *Account) one(ctx context.Context, c call) (Event, error) {
	var row wireEvent
	if err := a.do(ctx, c, &row); err != nil {
		return Event{}, err
	}
	e, readable := row.event()
	if !readable {
		return Event{}, unreadable(http.StatusOK)
	}
	return e, nil
}

func eventsPath(calendarID string) (string, bool) {
	calendar, known := segment(calendarID)
	return "/me/calendars/" + calendar + "/events", known
}

func eventPath(calendarID, eventID string) (string, bool) {
	path, known := eventsPath(calendarID)
	event, named := segment(eventID)
	return path + "/" + event, known && named
}
