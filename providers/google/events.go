package google

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// pageSize is how many events a page has at most. Google takes up to 2,500; smaller ones answer sooner.
const pageSize = 500

// Query asks for a calendar's events: those between Min and Max, or with a SyncToken what has changed since it was given.
// Recurring events come as their instances, deleted ones as cancelled; instances and a token's changes are listed with the
// same parameters, as Google demands.
//
// A sync token does not move its window: what comes into a later horizon unchanged is not told. And it does not keep to its
// window either: changes outside it may be told. So list between new bounds once a day, and cut what comes.
type Query struct {
	Min, Max  time.Time // events that end after Min and start before Max; not with SyncToken
	SyncToken string
	PageToken string // of the page before; only [Account.Events] looks at it
	PageSize  int    // 0: 500
}

// Page is a part of a listing.
type Page struct {
	Events     []Event
	Unreadable []string // ids of events that are not understood; they may block time
	Zone       string   // of the calendar, IANA
	Next       string   // the next page's token; empty on the last one
	SyncToken  string   // on the last page: asks for what changes from now on
}

// Events returns one page.
//
// Errors: [ErrGone] (list without a token), [ErrNotFound], [ErrUnauthorized], [ErrScopeMissing], [*RateLimitedError],
// [*RefusedError], [*UnavailableError] (Google: events.list).
func (a *Account) Events(ctx context.Context, calendar string, q Query) (Page, error) {
	query, err := q.values()
	if err != nil {
		return Page{}, err
	}
	var page struct {
		Zone  string            `json:"timeZone"`
		Next  string            `json:"nextPageToken"`
		Sync  string            `json:"nextSyncToken"`
		Items []json.RawMessage `json:"items"`
	}
	if err := a.do(ctx, call{method: http.MethodGet, path: eventsPath(calendar), query: query, into: &page}); err != nil {
		return Page{}, err
	}
	events, unreadable := parseEvents(page.Items)
	return Page{Events: events, Unreadable: unreadable, Zone: page.Zone, Next: page.Next, SyncToken: page.Sync}, nil
}

// Pull returns all pages as one, with the sync token of the last. Nothing of a pull that fails half-way is returned.
// Errors are those of [Account.Events].
func (a *Account) Pull(ctx context.Context, calendar string, q Query) (Page, error) {
	var whole Page
	q.PageToken = ""
	for range maxPages {
		page, err := a.Events(ctx, calendar, q)
		if err != nil {
			return Page{}, err
		}
		whole.Events = append(whole.Events, page.Events...)
		whole.Unreadable = append(whole.Unreadable, page.Unreadable...)
		whole.Zone = page.Zone
		switch {
		case page.Next != "":
			q.PageToken = page.Next
		case page.SyncToken == "":
			return Page{}, &UnavailableError{Status: http.StatusOK, reason: "the list ends without a sync token"}
		default:
			whole.SyncToken = page.SyncToken
			return whole, nil
		}
	}
	return Page{}, &UnavailableError{Status: http.StatusOK, reason: "the list is too long"}
}

// values are the parameters. timeMin and timeMax must not be sent with a sync token, and showDeleted must not be false.
func (q Query) values() (url.Values, error) {
	size := pageSize
	if q.PageSize > 0 {
		size = q.PageSize
	}
	v := url.Values{"singleEvents": {"true"}, "showDeleted": {"true"}, "maxAttendees": {"1"}, "maxResults": {strconv.Itoa(size)},
		"fields": {"timeZone,nextPageToken,nextSyncToken,items(" + eventFields + ")"}}
	switch {
	case q.SyncToken != "" && (!q.Min.IsZero() || !q.Max.IsZero()):
		return nil, &RefusedError{Reason: "syncTokenWithRequestRestrictions"}
	case q.SyncToken != "":
		v.Set("syncToken", q.SyncToken)
	case !q.Min.Before(q.Max):
		return nil, &RefusedError{Reason: "timeRangeEmpty"}
	default:
		v.Set("timeMin", q.Min.UTC().Format(time.RFC3339))
		v.Set("timeMax", q.Max.UTC().Format(time.RFC3339))
	}
	if q.PageToken != "" {
		v.Set("pageToken", q.PageToken)
	}
	return v, nil
}
