package twilio

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	rest "github.com/twilio/twilio-go/rest/api/v2010"
)

// How far [Account.Find] reads back between two numbers.
const (
	findPageSize = 100
	findPages    = 10
)

// Sent is a text that Twilio has. Status is Twilio's word: queued, sent, delivered, undelivered, failed and others;
// ErrorCode is 0 when there is none.
type Sent struct {
	SID       string
	Status    string
	ErrorCode int
}

// Find returns the texts that Twilio accepted from us with the same From, To and Body, created at or after since (to the
// second), newest first as Twilio lists them. Empty means that Twilio has none: a list that is too long to be read to its
// end is an error, not an empty answer.
//
// It asks by the two numbers only. Twilio's DateSent filter leaves out texts that wait in its queue, since those have no
// such date yet, and exactly those must be found.
//
// Errors: [ErrUnauthorized], [ErrSuspended], [*RefusedError], [*RateLimitedError], [*UnavailableError] (Twilio: GET Messages).
func (a *Account) Find(ctx context.Context, t Text, since time.Time) ([]Sent, error) {
	switch {
	case !a.usable():
		return nil, ErrUnauthorized
	case !e164.MatchString(t.To):
		return nil, &RefusedError{Code: CodeInvalidTo}
	case !e164.MatchString(t.From):
		return nil, &RefusedError{Code: CodeInvalidFrom}
	}
	params := (&rest.ListMessageParams{}).SetFrom(t.From).SetTo(t.To).SetPageSize(findPageSize)
	service, req := a.service(ctx)
	var found []Sent
	token, number := "", ""
	for range findPages {
		page, err := service.PageMessage(params, token, number)
		if err = req.errorFrom(http.MethodGet, err); err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			if isThis(m, t, since.Truncate(time.Second)) {
				found = append(found, Sent{SID: value(m.Sid), Status: value(m.Status), ErrorCode: value(m.ErrorCode)})
			}
		}
		if value(page.NextPageUri) == "" {
			return found, nil
		}
		if token, number, err = nextPage(*page.NextPageUri); err != nil {
			return nil, err
		}
	}
	return nil, &UnavailableError{Status: http.StatusOK, reason: "the list is too long"}
}

// nextPage reads the place of the next page. The rest of the address is not followed: it is the provider's.
func nextPage(uri string) (token, number string, err error) {
	u, err := url.Parse(uri)
	if err != nil || u.Query().Get("PageToken") == "" {
		return "", "", &UnavailableError{Status: http.StatusOK, reason: "the list does not say how it goes on"}
	}
	return u.Query().Get("PageToken"), u.Query().Get("Page"), nil
}

// isThis compares a listed text with ours. Twilio trims the blanks at a body's end; a text without a readable date of
// creation counts, since a text that is wrongly taken for ours is less bad than one sent twice.
func isThis(m rest.ApiV2010Message, t Text, since time.Time) bool {
	if value(m.From) != t.From || value(m.To) != t.To || strings.TrimSpace(value(m.Body)) != strings.TrimSpace(t.Body) ||
		!strings.HasPrefix(value(m.Direction), "outbound") {
		return false
	}
	created, err := time.Parse(time.RFC1123Z, value(m.DateCreated))
	return err != nil || !created.Before(since)
}
