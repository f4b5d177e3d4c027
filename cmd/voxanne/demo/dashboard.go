package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/voxanne-ai/voxanne/server"
)

// tokenTTL is how long the tokens of the play are good; one lasts for a scene.
const tokenTTL = 5 * time.Minute

// dashboard is a clinic's member at the API.
type dashboard struct {
	p     *play
	token string
}

// signIn is the member of a clinic whose token the API accepts.
func (p *play) signIn(c clinic) (dashboard, error) {
	token, err := server.MintDevToken(p.JWTSecret, c.ID, c.Member, p.BackendURL+"/auth/v1", tokenTTL)
	return dashboard{p: p, token: token}, err
}

// answered is an answer of the API; body is an object, of which code is the error's word.
type answered struct {
	status int
	body   map[string]any
}

func (a answered) code() string {
	code, _ := a.body["code"].(string)
	return code
}

func (a answered) String() string { return fmt.Sprintf("%d %v", a.status, a.body) }

// ask makes one request; in is sent as JSON unless it is nil. Refusals are answers, not errors.
func (d dashboard) ask(ctx context.Context, method, path string, in any) (answered, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return answered{}, err
		}
		body = bytes.NewReader(text)
	}
	return d.send(ctx, method, path, "application/json", body)
}

// send makes one request with a body of any type.
func (d dashboard) send(ctx context.Context, method, path, contentType string, body io.Reader) (answered, error) {
	req, err := http.NewRequestWithContext(ctx, method, d.p.BackendURL+path, body)
	if err != nil {
		return answered{}, err
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	req.Header.Set("Content-Type", contentType)
	resp, err := d.p.HTTP.Do(req)
	if err != nil {
		return answered{}, err
	}
	defer resp.Body.Close()
	got := answered{status: resp.StatusCode}
	if err := json.NewDecoder(resp.Body).Decode(&got.body); err != nil {
		return got, fmt.Errorf("read the answer to %s %s: %w", method, path, err)
	}
	return got, nil
}
