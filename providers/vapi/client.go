// Package vapi talks to Vapi's REST interface with the account's private key, and holds the definitions of our tools.
//
// Bodies stay raw JSON: Vapi's objects have more fields than any model of them, and what is decoded into types and
// written back is lost.
package vapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// DefaultBaseURL is Vapi's public address.
const DefaultBaseURL = "https://api.vapi.ai"

const (
	// maxBody is the most we read of an answer; a call with its history is well below it.
	maxBody = 8 << 20
	// defaultTimeout is for one attempt; Vapi answers within a second, whole calls within a few.
	defaultTimeout = 20 * time.Second
	// longestPause is the longest Retry-After that is waited out here; a longer one is for the caller's queue.
	longestPause = 2 * time.Second
)

// Pacer spaces requests, so that all processes together stay below the account's rate. Wait returns when the next
// request may leave, or with an error, which is passed on.
type Pacer interface {
	Wait(ctx context.Context) error
}

// Options of a [Client]. Only Key is required.
type Options struct {
	BaseURL string               // empty: DefaultBaseURL
	Key     string               // the account's private key
	HTTP    *http.Client         // nil: one of net/http's defaults
	Timeout time.Duration        // of one attempt with its answer's body; 0: 20 s
	Pace    Pacer                // asked before every attempt; nil: none
	Waits   []time.Duration      // between the attempts of what may be repeated; nil: 200 and 400 ms
	Traces  trace.TracerProvider // gets a span for each attempt; nil: none
}

// Client is safe for concurrent use.
type Client struct {
	base    string
	key     string
	http    *http.Client
	timeout time.Duration
	pace    Pacer
	tracer  trace.Tracer
	waits   []time.Duration // between the attempts of what may be repeated
}

// New returns a client for one account. An unusable address, an empty key or a negative time limit is an error.
func New(o Options) (*Client, error) {
	base := o.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("the Vapi base URL is not an http(s) address")
	}
	key := strings.TrimSpace(o.Key)
	if key == "" {
		return nil, errors.New("the Vapi private key is empty")
	}
	if o.Timeout < 0 {
		return nil, errors.New("the Vapi time limit is negative")
	}
	c := &Client{base: strings.TrimRight(base, "/"), key: key, http: &http.Client{}, timeout: o.Timeout, pace: o.Pace,
		tracer: tracerOf(o.Traces), waits: o.Waits}
	if c.waits == nil {
		c.waits = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond}
	}
	if o.HTTP != nil {
		*c.http = *o.HTTP
	}
	// A redirect would repeat a POST behind our back; Vapi has none.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if c.timeout == 0 {
		c.timeout = defaultTimeout
	}
	return c, nil
}

// send makes a request and repeats what a moment may cure, except a POST: Vapi knows no idempotency keys, so a creation
// that may have happened is for a job to look into.
func (c *Client) send(ctx context.Context, method, path string, body []byte) (json.RawMessage, error) {
	for attempt := 0; ; attempt++ {
		answer, err := c.once(ctx, method, path, body)
		if err == nil || method == http.MethodPost || attempt == len(c.waits) {
			return answer, err
		}
		pause, curable := pauseAfter(err, c.waits[attempt])
		if !curable {
			return nil, err
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, &UnavailableError{cause: ctx.Err()}
		case <-timer.C:
		}
	}
}

// pauseAfter says whether an error may go away within moments, and how long to wait for that. A time limit that ran out
// is not such an error: the caller has waited long enough.
func pauseAfter(err error, usual time.Duration) (pause time.Duration, curable bool) {
	var limited *RateLimitedError
	if errors.As(err, &limited) {
		return max(limited.RetryAfter, usual), limited.RetryAfter <= longestPause
	}
	var unavailable *UnavailableError
	return usual, errors.As(err, &unavailable) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled)
}

func (c *Client) once(ctx context.Context, method, path string, body []byte) (json.RawMessage, error) {
	if c.pace != nil {
		if err := c.pace.Wait(ctx); err != nil {
			return nil, fmt.Errorf("wait for a turn at Vapi: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	ctx, span := c.startSpan(ctx, method, path)
	answer, status, err := c.exchange(ctx, method, path, body)
	endSpan(span, status, err)
	return answer, err
}

// exchange makes one request. status is 0 when no answer came.
func (c *Client) exchange(ctx context.Context, method, path string, body []byte) (answer json.RawMessage, status int, err error) {
	var connected atomic.Bool // from here on a part of the request may have arrived
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, fmt.Errorf("make the Vapi request: %w", withoutURL(err))
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil && !connected.Load() {
		return nil, 0, &UnavailableError{cause: withoutURL(err)}
	}
	if err != nil {
		return nil, 0, lost(method, 0, withoutURL(err))
	}
	defer resp.Body.Close()
	answer, err = readAnswer(method, resp)
	return answer, resp.StatusCode, err
}

// readAnswer returns the JSON of a 2xx answer, else the error that the answer is.
func readAnswer(method string, resp *http.Response) (json.RawMessage, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch status := resp.StatusCode; {
	case status < 200 || status > 299:
		return nil, errorOf(method, resp, body)
	case err != nil:
		return nil, lost(method, status, err)
	case len(body) > maxBody && method == http.MethodPost:
		return nil, lost(method, status, errTooLarge)
	case len(body) > maxBody:
		return nil, errTooLarge
	case !json.Valid(body):
		return nil, lost(method, status, errors.New("the answer is not JSON"))
	}
	return body, nil
}

// withoutURL keeps ids of calls out of error texts.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
