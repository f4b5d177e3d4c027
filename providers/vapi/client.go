// Package vapi talks to Vapi's REST interface with the account's private key, and holds the definitions of our tools.
//
// Bodies stay raw JSON: Vapi's objects have more fields than any model of them, and what is decoded into types and
// written back is lost.
package vapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultBaseURL is Vapi's public address.
const DefaultBaseURL = "https://api.vapi.ai"

// maxBody is the most we read of an answer; a call with its history is well below it.
const maxBody = 16 << 20

// Client is safe for concurrent use.
type Client struct {
	base  string
	key   string
	http  *http.Client
	waits []time.Duration // between the attempts of a GET
}

// New returns a client for the account of privateKey. An empty baseURL means [DefaultBaseURL], a nil hc
// [http.DefaultClient]; time limits come from the contexts of the calls. An unusable address or an empty key is an error.
func New(baseURL, privateKey string, hc *http.Client) (*Client, error) {
	if baseURL == "" {
		baseURL = DefaultBaseURL
	}
	u, err := url.Parse(baseURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("the Vapi base URL is not an http(s) address")
	}
	if strings.TrimSpace(privateKey) == "" {
		return nil, errors.New("the Vapi private key is empty")
	}
	if hc == nil {
		hc = http.DefaultClient
	}
	waits := []time.Duration{200 * time.Millisecond, 400 * time.Millisecond}
	return &Client{base: strings.TrimRight(baseURL, "/"), key: strings.TrimSpace(privateKey), http: hc, waits: waits}, nil
}

// get fetches a path and retries what a moment may cure. Only reads are retried here: Vapi knows no idempotency keys,
// so a write that may have happened is for a job to look into.
func (c *Client) get(ctx context.Context, path string) (json.RawMessage, error) {
	for attempt := 0; ; attempt++ {
		body, err := c.once(ctx, http.MethodGet, path)
		if err == nil || attempt == len(c.waits) || !worthRetrying(ctx, err, c.waits[attempt]) {
			return body, err
		}
		timer := time.NewTimer(c.waits[attempt])
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, err
		case <-timer.C:
		}
	}
}

// worthRetrying: an unreachable or failing server is, a full one only when it does not ask for a longer pause than ours.
func worthRetrying(ctx context.Context, err error, wait time.Duration) bool {
	var limited *RateLimitedError
	if errors.As(err, &limited) {
		return limited.RetryAfter <= wait
	}
	var unavailable *UnavailableError
	return errors.As(err, &unavailable) && ctx.Err() == nil
}

func (c *Client) once(ctx context.Context, method, path string) (json.RawMessage, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, nil)
	if err != nil {
		return nil, fmt.Errorf("make the Vapi request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, &UnavailableError{cause: withoutURL(err)}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, &UnavailableError{Status: resp.StatusCode, cause: err}
	case resp.StatusCode != http.StatusOK:
		return nil, errorOf(resp, body)
	case len(body) > maxBody:
		return nil, fmt.Errorf("the answer of Vapi is larger than %d bytes", maxBody)
	case !json.Valid(body):
		return nil, &UnavailableError{Status: resp.StatusCode, cause: errors.New("the answer is not JSON")}
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
