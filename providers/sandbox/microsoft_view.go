package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// outlookRow is an event of a view.
type outlookRow struct {
	event      OutlookEvent // with Start and End on the wall
	kind       string
	series     *outlookItem // of an occurrence or exception
	item       *outlookItem // what its other fields come from
	version    string
	start, end time.Time
}

// outlookDelta is what a token of a delta stands for: the window, what the client knows then, and what is still to be
// served of the round.
type outlookDelta struct {
	calendar *outlookCalendar
	from, to time.Time
	known    map[string]string // versions by id
	version  int               // of the calendar
	left     []map[string]any
	more     bool // the round goes on
}

// ExpireDeltaLinks makes all links of deltas useless, as Microsoft does when it pleases.
func (m *Microsoft) ExpireDeltaLinks() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.deltas)
}

// rows expands an item within a window: the series itself first, then its occurrences.
func (i *outlookItem) rows(from, to time.Time) []outlookRow {
	if i.deleted {
		return nil
	}
	if i.Recurrence == nil {
		row := i.row(i.OutlookEvent, "singleInstance", nil)
		return within([]outlookRow{row}, from, to)
	}
	var rows []outlookRow
	for _, date := range i.Recurrence.dates(to.Add(48 * time.Hour).UTC()) {
		key := date.Format(time.DateOnly)
		if i.removed[key] || i.exceptions[key] != nil {
			continue
		}
		e := i.OutlookEvent
		e.ID, e.Recurrence = i.occurrenceID(date), nil
		e.Start, e.End = i.on(date)
		rows = append(rows, i.row(e, "occurrence", i))
	}
	for _, key := range slices.Sorted(maps.Keys(i.exceptions)) {
		exception := i.exceptions[key]
		rows = append(rows, exception.row(exception.OutlookEvent, "exception", i))
	}
	if rows = within(rows, from, to); len(rows) == 0 {
		return nil
	}
	return append([]outlookRow{i.row(i.OutlookEvent, "seriesMaster", nil)}, rows...)
}

func (i *outlookItem) row(e OutlookEvent, kind string, series *outlookItem) outlookRow {
	row := outlookRow{event: e, kind: kind, series: series, item: i, version: strconv.Itoa(i.version)}
	row.start, row.end = i.instants(e)
	if kind == "occurrence" { // it has no version of its own
		row.version = row.start.UTC().Format(time.RFC3339) + row.end.UTC().Format(time.RFC3339)
	}
	return row
}

// instants returns when an event is. All-day ones are in the mailbox's zone.
func (i *outlookItem) instants(e OutlookEvent) (start, end time.Time) {
	zone := i.calendar.box.zone
	if !e.AllDay {
		zone = location(e.Zone)
	}
	start, end = wallInstant(e.Start, zone), wallInstant(e.End, zone)
	if !e.AllDay && wall(start).After(e.Start) { // the clocks left it out: what is moved on keeps its length
		end = start.Add(e.End.Sub(e.Start))
	}
	return start, end
}

func location(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

func within(rows []outlookRow, from, to time.Time) []outlookRow {
	return slices.DeleteFunc(rows, func(r outlookRow) bool { return !r.start.Before(to) || !r.end.After(from) })
}

// listInstances serves the occurrences of a series within a window, with all their fields.
func (m *Microsoft) listInstances(r *http.Request, box *outlookBox) graphAnswer {
	c := box.calendar(r.PathValue("calendar"))
	if c == nil || c.item(r.PathValue("event")) == nil {
		return refuseGraph(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
	}
	from, to, ok := window(r.URL.Query())
	if !ok {
		return refuseGraph(http.StatusBadRequest, "ErrorInvalidParameter", "startDateTime and endDateTime are required")
	}
	preferred := prefersOf(r)
	value := []any{}
	for _, row := range c.item(r.PathValue("event")).rows(from, to) {
		if row.series != nil {
			value = append(value, row.json(preferred.zone))
		}
	}
	return graphAnswer{status: http.StatusOK, body: map[string]any{"value": value}}
}

// calendarViewDelta begins a round with a window, or goes on with a token.
func (m *Microsoft) calendarViewDelta(r *http.Request, box *outlookBox) graphAnswer {
	c, q, preferred := box.calendar(r.PathValue("calendar")), r.URL.Query(), prefersOf(r)
	if c == nil {
		return refuseGraph(http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store.")
	}
	for name := range q {
		if !slices.Contains([]string{"startDateTime", "endDateTime", "$skiptoken", "$deltatoken"}, name) {
			return refuseGraph(http.StatusBadRequest, "ErrorInvalidUrlQuery", "The following parameters are not supported with change tracking: "+name)
		}
	}
	token := q.Get("$skiptoken") + q.Get("$deltatoken")
	if token == "" {
		from, to, ok := window(q)
		if !ok {
			return refuseGraph(http.StatusBadRequest, "ErrorInvalidParameter", "startDateTime and endDateTime are required")
		}
		d := outlookDelta{calendar: c, from: from, to: to}
		d.begin(preferred.zone, true)
		return m.page(r, d, preferred.size)
	}
	d, known := m.deltas[token]
	if !known || d.calendar != c {
		return refuseGraph(http.StatusGone, "SyncStateNotFound", "The sync state generation is not found; continuing from "+token)
	}
	if !d.more {
		d.begin(preferred.zone, false)
	}
	return m.page(r, d, preferred.size)
}

// begin works out what a round will serve, and what the client knows after it.
func (d *outlookDelta) begin(zone *time.Location, full bool) {
	known := map[string]string{}
	d.left = nil
	for _, item := range d.calendar.items {
		for _, row := range item.rows(d.from, d.to) {
			known[row.event.ID] = row.version
			if full && row.kind == "seriesMaster" && row.start.Before(d.from) {
				continue // Graph leaves out the master of a series that began before the window
			}
			if d.known[row.event.ID] != row.version {
				d.left = append(d.left, row.brief(zone))
			}
		}
	}
	gone := map[string]bool{}
	for id := range d.known {
		gone[id] = known[id] == ""
	}
	for _, item := range d.calendar.items { // changed outside the window: told as removed, too
		if !full && item.version > d.version && known[item.ID] == "" {
			gone[item.ID] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(gone)) {
		if gone[id] {
			d.left = append(d.left, map[string]any{"id": id, "@removed": map[string]any{"reason": "deleted"}})
		}
	}
	d.known, d.version, d.more = known, d.calendar.version, true
}

// page serves the next rows of a round.
func (m *Microsoft) page(r *http.Request, d outlookDelta, size int) graphAnswer {
	n := min(size, len(d.left))
	body := map[string]any{"value": append([]map[string]any{}, d.left[:n]...)}
	d.left, d.more = d.left[n:], n < len(d.left)
	token, name := newID("R0us"), "@odata.deltaLink"
	path := "/v1.0/me/calendars/" + url.PathEscape(d.calendar.id) + "/calendarView/delta?$deltatoken=" + token
	if d.more {
		name, path = "@odata.nextLink", strings.Replace(path, "$deltatoken", "$skiptoken", 1)
	}
	m.deltas[token] = d
	body[name] = link(r, path)
	return graphAnswer{status: http.StatusOK, body: body}
}

func window(q url.Values) (from, to time.Time, ok bool) {
	from, err := time.Parse(time.RFC3339, q.Get("startDateTime"))
	if err != nil {
		return from, to, false
	}
	to, err = time.Parse(time.RFC3339, q.Get("endDateTime"))
	return from, to, err == nil && to.After(from)
}

// prefers is what a client asked for in its Prefer headers.
type prefers struct {
	zone *time.Location
	size int
}

func prefersOf(r *http.Request) prefers {
	p := prefers{zone: time.UTC, size: 10}
	for _, header := range r.Header.Values("Prefer") {
		for _, preference := range strings.Split(header, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(preference), "=")
			switch strings.ToLower(name) {
			case "outlook.timezone":
				p.zone = location(strings.Trim(value, `"`))
			case "odata.maxpagesize":
				if n, err := strconv.Atoi(value); err == nil && n > 0 {
					p.size = n
				}
			}
		}
	}
	return p
}

// brief is a row of a delta: of an occurrence only when it is and what it belongs to.
func (row outlookRow) brief(zone *time.Location) map[string]any {
	all := row.json(zone)
	if row.kind != "occurrence" {
		return all
	}
	return map[string]any{"@odata.type": "#microsoft.graph.event", "@odata.etag": all["@odata.etag"], "id": all["id"],
		"type": row.kind, "seriesMasterId": row.series.ID, "start": all["start"], "end": all["end"]}
}

// json is an event with its fields. Times are in the zone that was asked for; all-day ones are midnights in any.
func (row outlookRow) json(zone *time.Location) map[string]any {
	e := row.event
	clock := func(wall, at time.Time) map[string]any {
		if !e.AllDay {
			wall = at.In(zone)
		}
		return map[string]any{"dateTime": wall.Format("2006-01-02T15:04:05") + ".0000000", "timeZone": zone.String()}
	}
	sensitivity := "normal"
	if e.Private {
		sensitivity = "private"
	}
	fields := map[string]any{"@odata.etag": `W/"` + row.version + `"`, "id": e.ID, "type": row.kind, "subject": e.Subject,
		"body": map[string]any{"contentType": "html", "content": e.Text}, "bodyPreview": e.Text, "isAllDay": e.AllDay,
		"isCancelled": e.Cancelled, "showAs": e.ShowAs, "sensitivity": sensitivity, "seriesMasterId": nil, "transactionId": nil,
		"responseStatus": map[string]any{"response": e.Response, "time": "0001-01-01T00:00:00Z"},
		"location":       map[string]any{"displayName": e.Location}, "originalStartTimeZone": e.Zone, "start": clock(e.Start, row.start), "end": clock(e.End, row.end)}
	if row.series != nil {
		fields["seriesMasterId"] = row.series.ID
	}
	if row.item.transaction != "" { // on occurrences of what became a series, too
		fields["transactionId"] = row.item.transaction
	}
	return fields
}
