package vapi

import (
	"context"
	"errors"
	"net/http"
)

// ErrAbsent: this Vapi has no such endpoint at all.
var ErrAbsent = errors.New("vapi: there is no such endpoint")

// GetPhoneNumber returns an imported number with all its fields (Vapi: GET /phone-number/{id}). Also [ErrNotFound].
func (c *Client) GetPhoneNumber(ctx context.Context, id string) (Object, error) {
	return c.withID(ctx, http.MethodGet, numberPath, id, nil)
}

// CreatePhoneNumber imports a number and returns it with its id. Without `smsEnabled: false` Vapi takes the number's texts
// as well as its calls (Vapi: POST /phone-number). Also [*UncertainError].
func (c *Client) CreatePhoneNumber(ctx context.Context, body Object) (Object, error) {
	return c.create(ctx, numberPath, body)
}

// PatchPhoneNumber replaces the given top-level fields; `provider` must be among them, null clears a field. It returns
// the number as it is then (Vapi: PATCH /phone-number/{id}). Also [ErrNotFound].
func (c *Client) PatchPhoneNumber(ctx context.Context, id string, body Object) (Object, error) {
	return c.withID(ctx, http.MethodPatch, numberPath, id, body)
}

// DeletePhoneNumber removes an imported number (Vapi: DELETE /phone-number/{id}). Also [ErrNotFound], which after a broken
// answer may be our own doing.
func (c *Client) DeletePhoneNumber(ctx context.Context, id string) error {
	_, err := c.withID(ctx, http.MethodDelete, numberPath, id, nil)
	return err
}

// ListPhoneNumbers returns all numbers of the account in no order, see [Client.ListTools].
func (c *Client) ListPhoneNumbers(ctx context.Context) ([]Object, error) {
	return c.list(ctx, numberPath)
}

// CreateCredential gives Vapi the keys of another provider and returns what it made, without them (Vapi: POST
// /credential). Also [*UncertainError], [ErrAbsent].
func (c *Client) CreateCredential(ctx context.Context, body Object) (Object, error) {
	made, err := c.create(ctx, credentialPath, body)
	return made, orAbsent(err)
}

// PatchCredential replaces the given fields (Vapi: PATCH /credential/{id}). Also [ErrNotFound].
func (c *Client) PatchCredential(ctx context.Context, id string, body Object) (Object, error) {
	return c.withID(ctx, http.MethodPatch, credentialPath, id, body)
}

// DeleteCredential removes a credential (Vapi: DELETE /credential/{id}). Also [ErrNotFound].
func (c *Client) DeleteCredential(ctx context.Context, id string) error {
	_, err := c.withID(ctx, http.MethodDelete, credentialPath, id, nil)
	return err
}

// ListCredentials returns all credentials of the account in no order, see [Client.ListTools]. Also [ErrAbsent].
func (c *Client) ListCredentials(ctx context.Context) ([]Object, error) {
	listed, err := c.list(ctx, credentialPath)
	return listed, orAbsent(err)
}

// orAbsent tells an endpoint that is not there, asked without an id, from an object that is not.
func orAbsent(err error) error {
	var refused *InvalidError
	if errors.Is(err, ErrNotFound) || (errors.As(err, &refused) && refused.Status == http.StatusMethodNotAllowed) {
		return ErrAbsent
	}
	return err
}
