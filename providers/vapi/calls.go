package vapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
)

// GetCall returns the whole call as Vapi keeps it: artifact, analysis, cost, endedReason, startedAt, endedAt. Unlike in
// webhooks its status and cost are current; it has no duration field (Vapi: GET /call/{id}).
//
// Errors: [ErrNotFound], [ErrUnauthorized], [*RateLimitedError], [*InvalidError], [*UnavailableError]. Unavailability is
// retried twice, after 200 and 400 ms.
func (c *Client) GetCall(ctx context.Context, id string) (json.RawMessage, error) {
	if id == "" || id == "." || id == ".." {
		return nil, errors.New("vapi: a call needs an id")
	}
	return c.get(ctx, "/call/"+url.PathEscape(id))
}
