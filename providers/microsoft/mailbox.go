package microsoft

import (
	"context"
	"errors"
	"net/http"
)

// maxPages bounds every list: cursors of Graph are known to go round for ever (a next link in every answer).
const maxPages = 250

// Person is whose mailbox it is.
type Person struct {
	ID    string
	Email string // the mail address, else the sign-in name
}

// Me returns whose mailbox it is (Graph: GET /me).
//
// Errors: [ErrUnauthorized], [ErrForbidden], [*RateLimitedError], [*RefusedError], [*UnavailableError].
func (a *Account) Me(ctx context.Context) (Person, error) {
	var me struct {
		ID   string `json:"id"`
		Mail string `json:"mail"`
		UPN  string `json:"userPrincipalName"`
	}
	if err := a.do(ctx, call{method: http.MethodGet, path: "/me?$select=id,mail,userPrincipalName"}, &me); err != nil {
		return Person{}, err
	}
	if me.Mail == "" {
		me.Mail = me.UPN // accounts without a licence for Exchange, and some personal ones
	}
	if me.ID == "" || me.Mail == "" {
		return Person{}, unreadable(http.StatusOK)
	}
	return Person{ID: me.ID, Email: me.Mail}, nil
}

// Zone returns the mailbox's time zone by its IANA name. It is empty without an error when the grant does not cover
// mailbox settings, as ours does not by default, or when the zone has no such name: then the clinic's own zone is the best
// guess (Graph: GET /me/mailboxSettings/timeZone, scope MailboxSettings.Read).
//
// Errors: [ErrUnauthorized], [*RateLimitedError], [*RefusedError], [*UnavailableError].
func (a *Account) Zone(ctx context.Context) (string, error) {
	var setting struct {
		Value string `json:"value"`
	}
	err := a.do(ctx, call{method: http.MethodGet, path: "/me/mailboxSettings/timeZone"}, &setting)
	if errors.Is(err, ErrForbidden) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	zone, err := LoadZone(setting.Value)
	if err != nil {
		return "", nil
	}
	return zone.String(), nil
}

// Calendar is one of a mailbox's calendars, its own or one that is shared with it.
type Calendar struct {
	ID      string
	Name    string
	CanEdit bool // false: ours may only be read from
	Default bool
}

// Calendars returns the calendars of the mailbox, the default one first (Graph: GET /me/calendars).
//
// Errors: as [Account.Me].
func (a *Account) Calendars(ctx context.Context) ([]Calendar, error) {
	type row struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		CanEdit bool   `json:"canEdit"`
		Default bool   `json:"isDefaultCalendar"`
	}
	rows, err := list[row](ctx, a, "/me/calendars?$select=id,name,canEdit,isDefaultCalendar")
	if err != nil {
		return nil, err
	}
	var first, rest []Calendar
	for _, r := range rows {
		calendar := Calendar{ID: r.ID, Name: r.Name, CanEdit: r.CanEdit, Default: r.Default}
		if r.Default {
			first = append(first, calendar)
		} else {
			rest = append(rest, calendar)
		}
	}
	return append(first, rest...), nil
}

// page is what Graph answers to a list.
type page[T any] struct {
	Value []T    `json:"value"`
	Next  string `json:"@odata.nextLink"`
	Delta string `json:"@odata.deltaLink"`
}

// list reads a list to its end.
func list[T any](ctx context.Context, a *Account, path string) ([]T, error) {
	var rows []T
	for range maxPages {
		var p page[T]
		if err := a.do(ctx, call{method: http.MethodGet, path: path, paged: true}, &p); err != nil {
			return nil, err
		}
		rows = append(rows, p.Value...)
		if p.Next == "" {
			return rows, nil
		}
		if !a.client.owns(p.Next) {
			return nil, &UnavailableError{Status: http.StatusOK, reason: "the next page is at another address"}
		}
		path = p.Next
	}
	return nil, &UnavailableError{Status: http.StatusOK, reason: "the list does not end"}
}
