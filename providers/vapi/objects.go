package vapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// Paths of the kinds of objects.
const (
	assistantPath = "/assistant"
	toolPath      = "/tool"
	squadPath     = "/squad"
	numberPath    = "/phone-number"
	callPath      = "/call"
)

// credentialPath is in no published schema, though Vapi's own guides use it: it may be absent.
const (
	credentialPath = "/credential"
)

// All methods below may return [ErrUnauthorized], [*InvalidError], [*RateLimitedError] and [*UnavailableError]. Reads,
// changes and deletions are tried up to three times, creations once.

// GetAssistant returns an assistant with all its fields (Vapi: GET /assistant/{id}). Also [ErrNotFound].
func (c *Client) GetAssistant(ctx context.Context, id string) (Object, error) {
	return c.withID(ctx, http.MethodGet, assistantPath, id, nil)
}

// CreateAssistant makes an assistant and returns it with its id (Vapi: POST /assistant). Also [*UncertainError].
func (c *Client) CreateAssistant(ctx context.Context, body Object) (Object, error) {
	return c.create(ctx, assistantPath, body)
}

// PatchAssistant replaces the given top-level fields and leaves the others; nested objects such as `model` are replaced
// whole, null clears a field (Vapi: PATCH /assistant/{id}). It returns the assistant as it is then. Also [ErrNotFound].
func (c *Client) PatchAssistant(ctx context.Context, id string, body Object) (Object, error) {
	return c.withID(ctx, http.MethodPatch, assistantPath, id, body)
}

// DeleteAssistant removes an assistant (Vapi: DELETE /assistant/{id}). Also [ErrPinned], and [ErrNotFound], which after a
// broken answer may be our own doing.
func (c *Client) DeleteAssistant(ctx context.Context, id string) error {
	_, err := c.withID(ctx, http.MethodDelete, assistantPath, id, nil)
	return err
}

// ListAssistants returns all assistants of the account in no order, see [Client.ListTools].
func (c *Client) ListAssistants(ctx context.Context) ([]Object, error) {
	return c.list(ctx, assistantPath)
}

// GetTool returns a tool with all its fields (Vapi: GET /tool/{id}). Also [ErrNotFound].
func (c *Client) GetTool(ctx context.Context, id string) (Object, error) {
	return c.withID(ctx, http.MethodGet, toolPath, id, nil)
}

// CreateTool makes a tool, see [Registered], and returns it with its id (Vapi: POST /tool). Also [*UncertainError].
func (c *Client) CreateTool(ctx context.Context, body Object) (Object, error) {
	return c.create(ctx, toolPath, body)
}

// PatchTool replaces the given top-level fields of a tool, `function` and `server` whole (Vapi: PATCH /tool/{id}). It
// returns the tool as it is then. Also [ErrNotFound].
func (c *Client) PatchTool(ctx context.Context, id string, body Object) (Object, error) {
	return c.withID(ctx, http.MethodPatch, toolPath, id, body)
}

// DeleteTool removes a tool; calls of assistants that still hold its id fail (Vapi: DELETE /tool/{id}). Also [ErrPinned],
// and [ErrNotFound], which after a broken answer may be our own doing.
func (c *Client) DeleteTool(ctx context.Context, id string) error {
	_, err := c.withID(ctx, http.MethodDelete, toolPath, id, nil)
	return err
}

// ListTools returns all tools of the account in no order, each once. What is created or deleted meanwhile may be missing.
// It is an error when more objects than a page holds have the same createdAt, because then no filter can part them: a
// list with holes would be taken for the whole (Vapi: GET /tool).
func (c *Client) ListTools(ctx context.Context) ([]Object, error) { return c.list(ctx, toolPath) }

// ListSquads returns all squads of the account in no order, see [Client.ListTools]. Their members may override an
// assistant's tools (Vapi: GET /squad).
func (c *Client) ListSquads(ctx context.Context) ([]Object, error) { return c.list(ctx, squadPath) }

// GetSquad returns a squad with all its fields (Vapi: GET /squad/{id}). Also [ErrNotFound].
func (c *Client) GetSquad(ctx context.Context, id string) (Object, error) {
	return c.withID(ctx, http.MethodGet, squadPath, id, nil)
}

// PatchSquad replaces the given top-level fields of a squad; `members` must be among them (Vapi: PATCH /squad/{id}). It
// returns the squad as it is then. Also [ErrNotFound].
func (c *Client) PatchSquad(ctx context.Context, id string, body Object) (Object, error) {
	return c.withID(ctx, http.MethodPatch, squadPath, id, body)
}

func (c *Client) withID(ctx context.Context, method, kind, id string, body Object) (Object, error) {
	if !usableID(id) {
		return nil, errors.New("vapi: " + method + " " + kind + " needs an id")
	}
	var payload []byte
	if method == http.MethodPatch {
		payload = body.Bytes()
	}
	return c.object(ctx, method, kind+"/"+url.PathEscape(id), payload)
}

func (c *Client) create(ctx context.Context, kind string, body Object) (Object, error) {
	made, err := c.object(ctx, http.MethodPost, kind, body.Bytes())
	if err == nil && made.Text("id") == "" {
		return nil, &UncertainError{cause: errors.New("the answer has no id")}
	}
	return made, err
}

// object makes a request whose answer is one object.
func (c *Client) object(ctx context.Context, method, path string, payload []byte) (Object, error) {
	answer, err := c.send(ctx, method, path, payload)
	if err != nil {
		return nil, err
	}
	o, err := ParseObject(answer)
	if err != nil {
		return nil, lost(method, http.StatusOK, errors.New("the answer is no object"))
	}
	return o, nil
}

// GetCall returns the whole call as Vapi keeps it: artifact, analysis, cost, endedReason, startedAt, endedAt. Unlike in
// webhooks its status and cost are current; it has no duration field (Vapi: GET /call/{id}). Also [ErrNotFound].
func (c *Client) GetCall(ctx context.Context, id string) (json.RawMessage, error) {
	if !usableID(id) {
		return nil, errors.New("vapi: a call needs an id")
	}
	return c.send(ctx, http.MethodGet, callPath+"/"+url.PathEscape(id), nil)
}

// usableID: an id stays one path segment. Dots are not escaped, and servers resolve them.
func usableID(id string) bool { return id != "" && id != "." && id != ".." }
