package google

import (
	"context"
	"net/http"
	"net/url"
)

// maxPages bounds what one listing reads: 25,000 calendars, 250,000 events.
const maxPages = 100

// Calendar is one of those in a person's list. Formatting it shows its id and summary: both may be somebody's name.
type Calendar struct {
	ID      string
	Summary string // as its owner, or else this person, calls it
	Zone    string // IANA
	Role    string // freeBusyReader, reader, writer, owner
	Primary bool
}

// Writable reports whether events may be made and changed there.
func (c Calendar) Writable() bool { return c.Role == "writer" || c.Role == "owner" }

// Readable reports whether its events can be read: those who see free and busy only cannot list them.
func (c Calendar) Readable() bool { return c.Role == "reader" || c.Writable() }

// Calendars returns the calendars of the person's list, in Google's order; hidden and deleted ones are left out.
//
// Errors: [ErrUnauthorized], [ErrScopeMissing], [*RateLimitedError], [*RefusedError], [*UnavailableError] (Google:
// calendarList.list).
func (a *Account) Calendars(ctx context.Context) ([]Calendar, error) {
	query := url.Values{"maxResults": {"250"}, "fields": {"nextPageToken,items(id,summary,summaryOverride,timeZone,accessRole,primary)"}}
	var calendars []Calendar
	for range maxPages {
		var page struct {
			Next  string `json:"nextPageToken"`
			Items []struct {
				ID       string `json:"id"`
				Summary  string `json:"summary"`
				Override string `json:"summaryOverride"`
				Zone     string `json:"timeZone"`
				Role     string `json:"accessRole"`
				Primary  bool   `json:"primary"`
			} `json:"items"`
		}
		if err := a.do(ctx, call{method: http.MethodGet, path: "/users/me/calendarList", query: query, into: &page}); err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			c := Calendar{ID: item.ID, Summary: item.Summary, Zone: item.Zone, Role: item.Role, Primary: item.Primary}
			if item.Override != "" {
				c.Summary = item.Override
			}
			calendars = append(calendars, c)
		}
		if page.Next == "" {
			return calendars, nil
		}
		query.Set("pageToken", page.Next)
	}
	return nil, &UnavailableError{Status: http.StatusOK, reason: "the list is too long"}
}

// eventsPath is the address of a calendar's events; more is added as escaped segments.
func eventsPath(calendar string, more ...string) string {
	path := "/calendars/" + url.PathEscape(calendar) + "/events"
	for _, segment := range more {
		path += "/" + url.PathEscape(segment)
	}
	return path
}
