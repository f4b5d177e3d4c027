package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// outlookBox is a mailbox.
type outlookBox struct {
	id, email string
	zone      *time.Location
	windows   string // the zone's name in its settings
	calendars []*outlookCalendar
	made      map[string]outlookCreation // by transaction id, deleted ones too
	quota     outlookQuota
}

// outlookCalendar is one calendar of a mailbox. version rises with every change in it.
type outlookCalendar struct {
	id, name, owner string
	canEdit         bool
	box             *outlookBox
	items           []*outlookItem // deleted ones too
	version         int
}

// outlookCreation is what a transaction id was used for.
type outlookCreation struct {
	item *outlookItem
	body string
}

// outlookItem is a single event or a series.
type outlookItem struct {
	OutlookEvent
	calendar    *outlookCalendar
	transaction string
	properties  map[string]string       // extended ones
	exceptions  map[string]*outlookItem // of a series, by date
	removed     map[string]bool         // occurrences that were deleted, by date
	deleted     bool
	version     int // of the calendar when it was changed last
}

// AddMailbox adds a mailbox and returns the id of its default calendar. zone is an IANA name; windows is what its settings
// say, such as "Eastern Standard Time". An unknown zone is UTC.
func (m *Microsoft) AddMailbox(email, zone, windows string) (calendarID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	location, err := time.LoadLocation(zone)
	if err != nil {
		location = time.UTC
	}
	box := &outlookBox{id: newID(""), email: email, zone: location, windows: windows, made: map[string]outlookCreation{}}
	m.boxes = append(m.boxes, box)
	return box.add("Calendar", email, true)
}

// AddCalendar adds a calendar to a mailbox and returns its id; empty for an unknown mailbox. Without canEdit it is one that
// owner shares for reading.
func (m *Microsoft) AddCalendar(email, name, owner string, canEdit bool) (calendarID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if box := m.person(email); box != nil {
		return box.add(name, owner, canEdit)
	}
	return ""
}

func (b *outlookBox) add(name, owner string, canEdit bool) string {
	c := &outlookCalendar{id: newID("AAMkAG") + "=", name: name, owner: owner, canEdit: canEdit, box: b}
	b.calendars = append(b.calendars, c)
	return c.id
}

func (b *outlookBox) calendar(id string) *outlookCalendar {
	if i := slices.IndexFunc(b.calendars, func(c *outlookCalendar) bool { return c.id == id }); i >= 0 {
		return b.calendars[i]
	}
	return nil
}

func (m *Microsoft) me(_ *http.Request, box *outlookBox) graphAnswer {
	return graphAnswer{status: http.StatusOK, body: map[string]any{"id": box.id, "mail": box.email, "userPrincipalName": box.email}}
}

func (m *Microsoft) mailboxZone(_ *http.Request, box *outlookBox) graphAnswer {
	return graphAnswer{status: http.StatusOK, body: map[string]any{"value": box.windows}}
}

// listCalendars serves two on a page, so that clients have to turn pages.
func (m *Microsoft) listCalendars(r *http.Request, box *outlookBox) graphAnswer {
	const size = 2
	skip, err := strconv.Atoi(cmp.Or(r.URL.Query().Get("$skip"), "0"))
	if err != nil || skip < 0 || skip > len(box.calendars) {
		return refuseGraph(http.StatusBadRequest, "ErrorInvalidRequest", "$skip is not a number")
	}
	rows := []any{}
	body := map[string]any{}
	for i, c := range box.calendars[skip:] {
		if i == size {
			body["@odata.nextLink"] = link(r, "/v1.0/me/calendars?$skip="+strconv.Itoa(skip+size))
			break
		}
		rows = append(rows, map[string]any{"id": c.id, "name": c.name, "canEdit": c.canEdit,
			"isDefaultCalendar": c == box.calendars[0], "owner": map[string]any{"name": c.owner, "address": c.owner}})
	}
	body["value"] = rows
	return graphAnswer{status: http.StatusOK, body: body}
}

// link is an address of ours as the client reached us.
func link(r *http.Request, path string) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + path
}
