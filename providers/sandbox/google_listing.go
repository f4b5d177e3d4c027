package sandbox

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// strayDays is how far outside its window a sync token tells of instances: clients must cut what comes.
const strayDays = 30 * 24 * time.Hour

// googleListings are the tokens that were given out.
type googleListings struct {
	sync  map[string]*googleSync
	pages map[string]*googleRest
	most  int // events of a page, whatever is asked for; 0: no limit
}

// googleSync is what a sync token stands for.
type googleSync struct {
	calendar string
	upTo     int64 // in the calendar's count of changes
	single   bool
	from, to time.Time
	expired  bool
}

// googleRest is what a page token stands for.
type googleRest struct {
	query string // of the first page, without page token
	items []any
	sync  *googleSync
}

func newGoogleListings() googleListings {
	return googleListings{sync: map[string]*googleSync{}, pages: map[string]*googleRest{}}
}

// ExpireSyncTokens makes a calendar's sync tokens too old: they are answered 410.
func (g *Google) ExpireSyncTokens(calendarID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.listings.sync {
		if s.calendar == calendarID {
			s.expired = true
		}
	}
}

// LimitPages makes pages have at most n events, whatever is asked for, as Google may; 0 ends that.
func (g *Google) LimitPages(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.listings.most = n
}

// listEvents lists in full, what changed, or a further page (Google: events.list).
func (g *Google) listEvents(w http.ResponseWriter, q url.Values, c *googleCalendar) {
	if token := q.Get("pageToken"); token != "" {
		rest := g.listings.pages[token]
		if rest == nil || rest.query != withoutPage(q) {
			refuseGoogleAt(w, http.StatusBadRequest, "global", "invalid", "Invalid page token value.", "parameter", "pageToken")
			return
		}
		g.page(w, q, c, rest)
		return
	}
	rest := &googleRest{query: withoutPage(q)}
	var refused bool
	if q.Get("syncToken") != "" {
		refused = g.changed(w, q, c, rest)
	} else {
		refused = g.all(w, q, c, rest)
	}
	if !refused {
		g.page(w, q, c, rest)
	}
}

func withoutPage(q url.Values) string {
	plain := url.Values{}
	for name, values := range q {
		if name != "pageToken" {
			plain[name] = values
		}
	}
	return plain.Encode()
}

// changed finds what changed since a sync token. The parameters must be those of the listing that gave it; single events
// are told of wherever they are.
func (g *Google) changed(w http.ResponseWriter, q url.Values, c *googleCalendar, rest *googleRest) (refused bool) {
	for _, name := range []string{"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"} {
		if q.Has(name) {
			refuseGoogleAt(w, http.StatusBadRequest, "calendar", "syncTokenWithRequestRestrictions",
				"Sync token cannot be used with other request restrictions.", "parameter", "syncToken")
			return true
		}
	}
	from := g.listings.sync[q.Get("syncToken")]
	switch {
	case from == nil || from.calendar != c.id:
		refuseGoogleAt(w, http.StatusBadRequest, "global", "invalid", "Invalid sync token value.", "parameter", "syncToken")
		return true
	case from.expired:
		refuseGoogleAt(w, http.StatusGone, "calendar", "fullSyncRequired", "Sync token is no longer valid, a full sync is required.",
			"parameter", "syncToken")
		return true
	case q.Get("showDeleted") == "false", (q.Get("singleEvents") == "true") != from.single:
		refuseGoogleAt(w, http.StatusBadRequest, "calendar", "syncTokenWithRequestRestrictions",
			"Sync token cannot be used with other request restrictions.", "parameter", "singleEvents")
		return true
	}
	events := c.sorted(func(e *GoogleEvent) bool {
		return e.changed > from.upTo && listed(e, from.single) &&
			(e.Series == "" || c.within(e, from.from.Add(-strayDays), from.to.Add(strayDays)))
	})
	slices.SortStableFunc(events, func(a, b *GoogleEvent) int { return cmp.Compare(a.changed, b.changed) })
	for _, e := range events {
		rest.items = append(rest.items, told(e, c.zone, from.single))
	}
	next := *from
	next.upTo = c.changes
	rest.sync = &next
	return false
}

// all lists what lies in the window.
func (g *Google) all(w http.ResponseWriter, q url.Values, c *googleCalendar, rest *googleRest) (refused bool) {
	from, fromErr := momentIn(q, "timeMin")
	to, toErr := momentIn(q, "timeMax")
	switch {
	case fromErr != nil || toErr != nil:
		refuseGoogle(w, http.StatusBadRequest, "global", "badRequest", "Bad Request")
		return true
	case !from.IsZero() && !to.IsZero() && !from.Before(to):
		refuseGoogleAt(w, http.StatusBadRequest, "calendar", "timeRangeEmpty", "The specified time range is empty.", "parameter", "timeMax")
		return true
	}
	for _, name := range []string{"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "updatedMin"} {
		if q.Has(name) {
			refuseGoogleAt(w, http.StatusBadRequest, "global", "invalid", "Not played here.", "parameter", name)
			return true
		}
	}
	single, deleted := q.Get("singleEvents") == "true", q.Get("showDeleted") == "true"
	rest.sync = &googleSync{calendar: c.id, upTo: c.changes, single: single, from: from, to: to}
	for _, e := range c.sorted(func(e *GoogleEvent) bool { return listed(e, single) && c.within(e, from, to) }) {
		if item := told(e, c.zone, single); deleted || item["status"] != "cancelled" {
			rest.items = append(rest.items, item)
		}
	}
	return false
}

// momentIn reads a parameter; the zero time when it is absent. An offset is mandatory.
func momentIn(q url.Values, name string) (time.Time, error) {
	if !q.Has(name) {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, q.Get(name))
}

// listed: with singleEvents, instances take the place of recurring events. One that was a single event before is told as
// deleted.
func listed(e *GoogleEvent, single bool) bool {
	if single {
		return len(e.Recurrence) == 0 || e.wasSingle
	}
	return e.Series == "" || e.Exception
}

// told is the event as a list has it.
func told(e *GoogleEvent, zone string, single bool) map[string]any {
	if single && len(e.Recurrence) > 0 {
		return e.tombstone()
	}
	return e.wire(zone)
}

// page answers with as many events as a page takes, and a token for the rest or for what changes later.
func (g *Google) page(w http.ResponseWriter, q url.Values, c *googleCalendar, rest *googleRest) {
	size, err := strconv.Atoi(cmp.Or(q.Get("maxResults"), "250"))
	if err != nil || size < 1 {
		refuseGoogleAt(w, http.StatusBadRequest, "global", "invalidParameter", "Invalid value for maxResults.", "parameter", "maxResults")
		return
	}
	size = min(size, 2500)
	if g.listings.most > 0 {
		size = min(size, g.listings.most)
	}
	body := map[string]any{"kind": "calendar#events", "summary": c.summary, "timeZone": c.zone}
	if len(rest.items) > size {
		token := newID("p")
		g.listings.pages[token] = &googleRest{query: rest.query, items: rest.items[size:], sync: rest.sync}
		body["items"], body["nextPageToken"] = rest.items[:size], token
	} else {
		token := newID("s")
		g.listings.sync[token] = rest.sync
		body["items"], body["nextSyncToken"] = append([]any{}, rest.items...), token
	}
	answerGoogle(w, q.Get("fields"), body)
}
