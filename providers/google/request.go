package google

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

const (
	// maxBody is the most we read of an answer. A page of 2,500 events with the fields we ask for has about 2 MB.
	maxBody = 8 << 20
	// longestPause is the longest Retry-After that is waited out here; a longer one is for the caller's queue.
	longestPause = 2 * time.Second
)

// call is one request to the Calendar API.
type call struct {
	method string
	path   string // below the API's address, escaped
	query  url.Values
	body   any    // nil: none
	match  string // If-Match; empty: none
	into   any    // what a good answer is decoded into; nil: it is not looked at
	single bool   // one attempt only
}

// do makes the request and repeats what a moment may cure.
func (a *Account) do(ctx context.Context, c call) error {
	if a.token == "" {
		return ErrUnauthorized
	}
	var body []byte
	if c.body != nil {
		var err error
		if body, err = json.Marshal(c.body); err != nil {
			return &RefusedError{Reason: "unencodable"}
		}
	}
	for attempt := 0; ; attempt++ {
		err := a.once(ctx, c, body)
		if err == nil || c.single || attempt == len(a.client.waits) {
			return err
		}
		pause, curable := pauseAfter(err, a.client.waits[attempt])
		if !curable {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return &UnavailableError{reason: "given up", cause: ctx.Err()}
		case <-timer.C:
		}
	}
}

// pauseAfter says whether an error may go away within moments, and how long to wait for that. A time limit that ran out is
// not such an error: the caller has waited long enough. Nor is a quota without a Retry-After: quotas are of a minute, and
// knocking on makes it worse for every clinic.
func pauseAfter(err error, usual time.Duration) (pause time.Duration, curable bool) {
	var limited *RateLimitedError
	if errors.As(err, &limited) {
		return max(limited.RetryAfter, usual), limited.RetryAfter > 0 && limited.RetryAfter <= longestPause
	}
	var unavailable *UnavailableError
	return usual, errors.As(err, &unavailable) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled)
}

func (a *Account) once(ctx context.Context, c call, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, a.client.timeout)
	defer cancel()
	target, content := a.client.calendar+c.path, io.Reader(http.NoBody)
	if len(c.query) > 0 {
		target += "?" + c.query.Encode()
	}
	if body != nil {
		content = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, c.method, target, content)
	if err != nil {
		return &RefusedError{Reason: "unsendable"} // the error would quote the address
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.match != "" {
		req.Header.Set("If-Match", c.match)
	}
	answer, err := a.client.bearing(req, a.token)
	if err != nil || c.into == nil {
		return err
	}
	if json.Unmarshal(answer.Body, c.into) != nil {
		return &UnavailableError{Status: answer.Status, reason: "the answer is not readable"}
	}
	return nil
}

// bearing sends a request with an access token. The answer is whole and a success.
func (c *Client) bearing(req *http.Request, token string) (exchange.Answer, error) {
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	a, err := exchange.Do(c.http, req, maxBody)
	switch {
	case err != nil:
		return a, unanswered(err)
	case a.Status < 200 || a.Status > 299:
		return a, errorOf(a)
	case a.Cut:
		return a, &UnavailableError{Status: a.Status, reason: "the answer is too long or broke off"}
	}
	return a, nil
}

// unanswered is the error of an exchange without an answer, in its own words.
func unanswered(err error) error {
	return &UnavailableError{reason: err.Error(), cause: errors.Unwrap(err)}
}
