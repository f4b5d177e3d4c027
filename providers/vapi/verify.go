package vapi

import (
	"context"
	"net/http"
)

// Verify asks Vapi, once, whether it accepts the private key (Vapi: GET /assistant, of which one is enough).
// Errors: ErrUnauthorized when it does not, *RateLimitedError, *InvalidError and *UnavailableError.
func (c *Client) Verify(ctx context.Context) error {
	_, err := c.once(ctx, http.MethodGet, assistantPath+"?limit=1", nil)
	return err
}
