package vapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// RecordingURL asks where the recording of a call, both sides in one channel, can be fetched now: an address that opens
// it without our key, for a while (Vapi: GET /call/{id}/mono-recording, 302). It asks once. Also [ErrNotFound], for a call
// that has no recording or is forgotten, and the errors of all methods of [Client].
func (c *Client) RecordingURL(ctx context.Context, callID string) (string, error) {
	if callID == "" {
		return "", errors.New("the call has no id at Vapi")
	}
	if c.pace != nil {
		if err := c.pace.Wait(ctx); err != nil {
			return "", fmt.Errorf("wait for a turn at Vapi: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	path := callPath + "/" + url.PathEscape(callID) + "/mono-recording"
	ctx, span := c.startSpan(ctx, http.MethodGet, path)
	address, status, err := c.redirection(ctx, path)
	endSpan(span, status, err)
	return address, err
}

// redirection returns where the answer sends us, which may be relative to the question.
func (c *Client) redirection(ctx context.Context, path string) (address string, status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return "", 0, fmt.Errorf("make the Vapi request: %w", withoutURL(err))
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	resp, err := c.http.Do(req)
	if err != nil {
		return "", 0, &UnavailableError{cause: withoutURL(err)}
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode < 300 || resp.StatusCode > 399 {
		_, err := readAnswer(http.MethodGet, resp)
		if err == nil { // JSON instead of a redirection
			err = &UnavailableError{Status: resp.StatusCode}
		}
		return "", resp.StatusCode, err
	}
	to, err := resp.Location()
	if err != nil {
		return "", resp.StatusCode, &UnavailableError{Status: resp.StatusCode}
	}
	return to.String(), resp.StatusCode, nil
}
