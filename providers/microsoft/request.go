package microsoft

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// maxBody is the most we read of an answer: a page of 1 000 events with their texts stays below it.
const maxBody = 16 << 20

// call is one request to Graph.
type call struct {
	method string
	path   string // below the version, escaped; or an address that Graph gave
	body   any    // nil: none
	once   bool   // not repeated: a second one would be a second thing
	paged  bool   // asks for pages of our size
}

// do makes the call, repeats what a moment may cure, and reads the JSON answer into out, unless that is nil.
func (a *Account) do(ctx context.Context, c call, out any) error {
	for attempt := 0; ; attempt++ {
		err := a.attempt(ctx, c, out)
		if err == nil || c.once || attempt == len(a.client.waits) {
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

// pauseAfter says whether an error may go away within moments, and how long to wait for that. A time limit that ran out
// is not such an error: the caller has waited long enough.
func pauseAfter(err error, usual time.Duration) (pause time.Duration, curable bool) {
	var limited *RateLimitedError
	if errors.As(err, &limited) {
		return max(limited.After, usual), limited.After <= longestPause
	}
	var broken *UnavailableError
	if !errors.As(err, &broken) || broken.Status == http.StatusOK || broken.cause != nil {
		return 0, false
	}
	return max(broken.After, usual), broken.After <= longestPause
}

func (a *Account) attempt(ctx context.Context, c call, out any) error {
	ctx, cancel := context.WithTimeout(ctx, a.client.timeout)
	defer cancel()
	req, err := a.request(ctx, c)
	if err != nil {
		return err
	}
	answer, err := exchange.Do(a.client.http, req, maxBody)
	switch {
	case err != nil:
		return &UnavailableError{reason: err.Error(), cause: errors.Unwrap(err)}
	case answer.Status < 200 || answer.Status > 299:
		return errorOf(answer)
	case out == nil:
		return nil
	case answer.Cut || json.Unmarshal(answer.Body, out) != nil:
		return unreadable(answer.Status)
	}
	return nil
}

func (a *Account) request(ctx context.Context, c call) (*http.Request, error) {
	var body io.Reader
	if c.body != nil {
		encoded, err := json.Marshal(c.body)
		if err != nil {
			return nil, &RefusedError{}
		}
		body = bytes.NewReader(encoded)
	}
	target := c.path
	if strings.HasPrefix(target, "/") {
		target = a.client.base + target
	}
	req, err := http.NewRequestWithContext(ctx, c.method, target, body)
	switch {
	case a.access == "":
		return nil, ErrUnauthorized
	case err != nil:
		return nil, &RefusedError{} // its own text holds the address
	}
	req.Header.Set("Authorization", "Bearer "+a.access)
	req.Header.Set("Accept", "application/json")
	// Ids that stay when staff move an event to another folder, and times that need no table of zones.
	req.Header.Add("Prefer", `IdType="ImmutableId"`)
	req.Header.Add("Prefer", `outlook.timezone="UTC"`)
	if c.paged {
		req.Header.Add("Prefer", "odata.maxpagesize="+strconv.Itoa(a.client.page))
	}
	if c.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// owns says whether an address that came back is one of Graph's, below our version: the token goes nowhere else.
func (c *Client) owns(link string) bool {
	rest, ours := strings.CutPrefix(link, c.base+"/")
	if !ours || strings.Contains(rest, "..") {
		return false
	}
	u, err := url.Parse(link)
	return err == nil && u.Fragment == ""
}

// segment escapes an id for a path. False: it is none, and would ask for another path.
func segment(id string) (string, bool) {
	if id == "" || id == "." || id == ".." || len(id) > 1024 {
		return "", false
	}
	return url.PathEscape(id), true
}
