package microsoft

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
)

// Window is the time that a view shows, [From, To).
type Window struct{ From, To time.Time }

func (w Window) query() string {
	return "startDateTime=" + w.From.UTC().Format(time.RFC3339) + "&endDateTime=" + w.To.UTC().Format(time.RFC3339)
}

// Changes are what a round of a delta brought. Who keeps a copy takes out what Removed, Whole and Full say, and then puts in
// Events: an id may be in both.
type Changes struct {
	// Events are those that are there, with all fields. Series are expanded into occurrences and exceptions; the rows of
	// [Series] themselves are not among them.
	Events []Event
	// Removed are ids of events that are gone or left the window, and of series of which everything is gone. Some may never
	// have been known.
	Removed []string
	// Whole are ids of series of which Events holds everything within the window: what else is known of them is gone.
	Whole []string
	// Link begins the next round.
	Link string
	// Full: Events is the whole window, and what else is known is gone.
	Full bool
}

// CalendarView reads a window whole and begins the following of its changes. All-day events count as in the mailbox's zone,
// so let the window be a day larger than needed (Graph: GET /me/calendars/{id}/calendarView/delta).
//
// Errors: [ErrUnauthorized], [ErrForbidden], [ErrNotFound] (the calendar), [*RateLimitedError], [*RefusedError],
// [*UnavailableError].
func (a *Account) CalendarView(ctx context.Context, calendarID string, w Window) (Changes, error) {
	calendar, known := segment(calendarID)
	if !known {
		return Changes{}, ErrNotFound
	}
	if !w.To.After(w.From) {
		return Changes{}, &RefusedError{}
	}
	changes, err := a.round(ctx, calendarID, w, "/me/calendars/"+calendar+"/calendarView/delta?"+w.query(), true)
	if errors.Is(err, ErrGone) { // in the middle of a full round, too: the queue tries again
		return Changes{}, &UnavailableError{Status: http.StatusGone, reason: "the round was lost"}
	}
	return changes, err
}

// Since reads what changed since the round that gave link, for the same calendar and window.
//
// Errors: [ErrGone] (begin again with [Account.CalendarView]), and as there.
func (a *Account) Since(ctx context.Context, calendarID string, w Window, link string) (Changes, error) {
	if _, known := segment(calendarID); !known {
		return Changes{}, ErrNotFound
	}
	if !a.client.owns(link) {
		return Changes{}, ErrGone
	}
	return a.round(ctx, calendarID, w, link, false)
}

// round follows the pages of a delta to its link. The same event may be in it more than once: the last row holds.
func (a *Account) round(ctx context.Context, calendarID string, w Window, path string, full bool) (Changes, error) {
	gathered := gathering{rows: map[string]Event{}, removed: map[string]bool{}}
	for range maxPages {
		var p page[wireEvent]
		if err := a.do(ctx, call{method: http.MethodGet, path: path, paged: true}, &p); err != nil {
			return Changes{}, err
		}
		if !gathered.add(p.Value) {
			return Changes{}, unreadable(http.StatusOK)
		}
		path = p.Next
		if p.Next == "" {
			path = p.Delta
		}
		if !a.client.owns(path) {
			return Changes{}, &UnavailableError{Status: http.StatusOK, reason: "the round goes on at another address"}
		}
		if p.Next == "" {
			return a.complete(ctx, calendarID, w, gathered, Changes{Link: path, Full: full})
		}
	}
	return Changes{}, &UnavailableError{Status: http.StatusOK, reason: "the round does not end"}
}

// gathering is what the pages of a round have brought so far.
type gathering struct {
	order   []string // ids as they first came
	rows    map[string]Event
	removed map[string]bool
}

// add takes a page in. False: a row is not readable.
func (g *gathering) add(rows []wireEvent) bool {
	for _, row := range rows {
		if row.ID == "" {
			return false
		}
		if len(row.Removed) > 0 && string(row.Removed) != "null" {
			delete(g.rows, row.ID)
			g.removed[row.ID] = true
			continue
		}
		e, readable := row.event()
		if !readable {
			return false
		}
		delete(g.removed, row.ID)
		g.rows[row.ID] = e
		g.order = append(g.order, row.ID)
	}
	return true
}

// complete fills occurrences from their series, and reads those series anew of which a round does not tell enough: in a
// full one those that began before the window and are not in it, in a later one all that changed, since whether a change
// of the series shows all its occurrences again is not documented.
func (a *Account) complete(ctx context.Context, calendarID string, w Window, g gathering, changes Changes) (Changes, error) {
	anew := map[string]bool{}
	for _, e := range g.rows {
		_, there := g.rows[e.SeriesID]
		switch {
		case e.Kind == Series && !changes.Full:
			anew[e.ID] = true
		case !there && (e.Kind == Occurrence || (e.Kind == Exception && !changes.Full)):
			anew[e.SeriesID] = true
		}
	}
	seen := map[string]bool{}
	for _, id := range g.order {
		e, there := g.rows[id]
		if !there || seen[id] || e.Kind == Series || anew[e.SeriesID] {
			continue
		}
		seen[id] = true
		if e.Kind == Occurrence {
			e = e.inherits(g.rows[e.SeriesID])
		}
		changes.Events = append(changes.Events, e)
	}
	changes.Removed = sortedKeys(g.removed)
	for _, id := range sortedKeys(anew) {
		if err := a.addSeries(ctx, calendarID, id, w, &changes); err != nil {
			return Changes{}, err
		}
	}
	return changes, nil
}

// addSeries reads a series' occurrences within the window.
func (a *Account) addSeries(ctx context.Context, calendarID, id string, w Window, changes *Changes) error {
	events, err := a.instances(ctx, calendarID, id, w)
	if errors.Is(err, ErrNotFound) { // deleted between the two requests
		changes.Removed = append(changes.Removed, id)
		return nil
	}
	if err != nil {
		return err
	}
	changes.Events = append(changes.Events, events...)
	changes.Whole = append(changes.Whole, id)
	return nil
}

// instances returns a series' occurrences and exceptions with all their fields (Graph: GET
// /me/calendars/{id}/events/{id}/instances).
func (a *Account) instances(ctx context.Context, calendarID, seriesID string, w Window) ([]Event, error) {
	path, known := eventPath(calendarID, seriesID)
	if !known {
		return nil, unreadable(http.StatusOK)
	}
	rows, err := list[wireEvent](ctx, a, path+"/instances?"+w.query())
	if err != nil {
		return nil, err
	}
	events := make([]Event, 0, len(rows))
	for _, row := range rows {
		e, readable := row.event()
		if !readable {
			return nil, unreadable(http.StatusOK)
		}
		events = append(events, e)
	}
	return events, nil
}

func sortedKeys(set map[string]bool) []string {
	var keys []string
	for key := range set {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
