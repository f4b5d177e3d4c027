package twilio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	rest "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// maxBody is the most we read of an answer: a page of 100 texts stays below 1 MB.
const maxBody = 2 << 20

// request is one use of twilio-go. It takes the place of twilio-go's own client, which ignores contexts, trusts the
// status that an error body claims, and reads answers of any size. It holds the context because the interface that
// twilio-go prescribes has no argument for it.
type request struct {
	ctx     context.Context
	gateway *Gateway
	as      Credentials
	failed  error // of the exchange: what twilio-go returns instead may hold the provider's words
}

// service returns twilio-go's methods and the request that carries them. Regions and edges of the environment, which
// twilio-go would read, do not apply: the address is the gateway's.
func (a *Account) service(ctx context.Context) (*rest.ApiService, *request) {
	r := &request{ctx: ctx, gateway: a.gateway, as: a.credentials}
	return rest.NewApiService(&client.RequestHandler{Client: r}), r
}

func (r *request) AccountSid() string       { return r.as.AccountSID }
func (r *request) SetTimeout(time.Duration) {}
func (r *request) SetOauth(client.OAuth)    {}
func (r *request) OAuth() client.OAuth      { return nil }

// SendRequest sends a form by POST or a query by GET, once.
func (r *request) SendRequest(method, rawURL string, data url.Values, _ map[string]any, _ ...byte) (*http.Response, error) {
	answer, err := r.send(method, rawURL, data)
	if err != nil {
		r.failed = err
		return nil, err
	}
	return &http.Response{StatusCode: answer.Status, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(answer.Body))}, nil
}

func (r *request) send(method, rawURL string, data url.Values) (exchange.Answer, error) {
	path, ours := strings.CutPrefix(rawURL, DefaultBaseURL+"/")
	if !ours {
		return exchange.Answer{}, &UnavailableError{reason: "twilio-go asked for another host"}
	}
	ctx, cancel := context.WithTimeout(r.ctx, r.gateway.timeout)
	defer cancel()
	target, body := r.gateway.base+"/"+path, io.Reader(nil)
	if method == http.MethodGet {
		target += "?" + data.Encode()
	} else {
		body = strings.NewReader(data.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return exchange.Answer{}, &UnavailableError{reason: "the request cannot be made"}
	}
	req.SetBasicAuth(r.as.AccountSID, r.as.AuthToken)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r.classify(method)(exchange.Do(r.gateway.http, req, maxBody))
}

// classify turns what came of an exchange into a complete success or one of our errors.
func (r *request) classify(method string) func(exchange.Answer, error) (exchange.Answer, error) {
	return func(a exchange.Answer, err error) (exchange.Answer, error) {
		var broken *exchange.Error
		switch {
		case errors.As(err, &broken) && !broken.Reached:
			return a, &UnavailableError{reason: broken.Reason, cause: broken.Unwrap()}
		case err != nil:
			return a, troubleOf(method, 0, err.Error(), errors.Unwrap(err))
		case a.Status < 200 || a.Status > 299:
			return a, errorOf(method, a)
		case a.Cut:
			return a, troubleOf(method, a.Status, "the answer is too long or broke off", nil)
		}
		return a, nil
	}
}

// errorFrom returns our error for one that twilio-go returned: the exchange's, else the answer was no JSON.
func (r *request) errorFrom(method string, err error) error {
	if err == nil {
		return nil
	}
	if r.failed != nil {
		return r.failed
	}
	return troubleOf(method, http.StatusOK, "the answer is not readable", nil)
}
