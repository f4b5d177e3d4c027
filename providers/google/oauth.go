package google

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// maxToken is the most we read of an answer about tokens.
const maxToken = 64 << 10

// Consent is what a person is asked with.
type Consent struct {
	State    string // comes back with the answer, as it is
	Verifier string // of PKCE, 43 to 128 letters and digits; it stays here, only its challenge goes out
	Redirect string // where the answer goes; registered at Google
	Hint     string // address of the account that is offered first; may be empty
}

// NewVerifier returns a random PKCE verifier (RFC 7636).
func NewVerifier() string { return oauth2.GenerateVerifier() }

// AuthURL returns where the person consents. It asks for consent in any case: Google gives a refresh token with the first
// consent only, and one that we have lost would never come again (Google: OAuth 2.0 for web server applications).
func (c *Client) AuthURL(ask Consent) string {
	config := c.oauth
	config.RedirectURL = ask.Redirect
	options := []oauth2.AuthCodeOption{oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent"),
		oauth2.SetAuthURLParam("include_granted_scopes", "true"), oauth2.S256ChallengeOption(ask.Verifier)}
	if ask.Hint != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", ask.Hint))
	}
	return config.AuthCodeURL(ask.State, options...)
}

// Exchange turns the code of a consent into a grant, with the verifier and redirect address of its [Consent]. A code is good
// for one exchange, so it is never repeated. Ask [Grant.Check] whether the grant suffices; revoke one that does not.
//
// Errors: [ErrCodeRefused], [ErrClientRefused], [*RateLimitedError], [*RefusedError], [*UnavailableError].
func (c *Client) Exchange(ctx context.Context, code, verifier, redirect string) (Grant, error) {
	config := c.oauth
	config.RedirectURL = redirect
	token, asked, err := c.ask(ctx, func(ctx context.Context) (*oauth2.Token, error) {
		return config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	})
	if errors.Is(err, ErrGrantRevoked) {
		return Grant{}, ErrCodeRefused
	}
	if err != nil {
		return Grant{}, err
	}
	g := grantOf(token, asked)
	idToken, _ := token.Extra("id_token").(string)
	who := identityIn(idToken, c.oauth.ClientID)
	if who.subject == "" || who.email == "" {
		asked := c.identityOf(ctx, g.AccessToken)
		who.subject, who.email = cmp.Or(who.subject, asked.subject), cmp.Or(who.email, asked.email)
	}
	g.AccountID, g.Email = who.subject, who.email
	return g, nil
}

// Refresh gets a new access token. What Google does not repeat is kept: the refresh token, the scopes and whose it is. If
// the refresh token is another one than before, store the grant before its access token is used.
//
// Errors: [ErrGrantRevoked], [ErrNoRefreshToken], [ErrClientRefused], [*RateLimitedError], [*RefusedError],
// [*UnavailableError].
func (c *Client) Refresh(ctx context.Context, g Grant) (Grant, error) {
	if g.RefreshToken == "" {
		return Grant{}, ErrNoRefreshToken
	}
	token, asked, err := c.ask(ctx, func(ctx context.Context) (*oauth2.Token, error) {
		return c.oauth.TokenSource(ctx, &oauth2.Token{RefreshToken: g.RefreshToken}).Token()
	})
	if err != nil {
		return Grant{}, err
	}
	fresh := grantOf(token, asked) // x/oauth2 puts the old refresh token where none came
	if len(fresh.Scopes) == 0 {
		fresh.Scopes = g.Scopes
	}
	fresh.AccountID, fresh.Email = g.AccountID, g.Email
	return fresh, nil
}

// Revoke ends the grant of a refresh or access token, with all its tokens. One that has ended already is done.
//
// Errors: [*RateLimitedError], [*RefusedError], [*UnavailableError].
func (c *Client) Revoke(ctx context.Context, token string) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	// In the body: an address may end up in a log on the way.
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.revoke, strings.NewReader(url.Values{"token": {token}}.Encode()))
	if err != nil {
		return &RefusedError{Reason: "unsendable"}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a, err := exchange.Do(c.http, req, maxToken)
	if err != nil {
		return unanswered(err)
	}
	var said struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(a.Body, &said) // what is no JSON names no error
	if a.Status == http.StatusOK || a.Status == http.StatusBadRequest && said.Error == "invalid_token" {
		return nil
	}
	return tokenErrorOf(a, said.Error)
}

// identityOf asks whose account it is; empty when it is not told. A grant is too good to be lost for that.
func (c *Client) identityOf(ctx context.Context, accessToken string) identity {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.userinfo, http.NoBody)
	if err != nil {
		return identity{}
	}
	a, err := c.bearing(req, accessToken)
	var told claims
	if err != nil || json.Unmarshal(a.Body, &told) != nil {
		return identity{}
	}
	return told.identity()
}

// ask lets x/oauth2 talk to the token endpoint, once, and returns when that began.
func (c *Client) ask(ctx context.Context, with func(context.Context) (*oauth2.Token, error)) (*oauth2.Token, time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	carrier := &carrier{http: c.http}
	asked := time.Now()
	token, err := with(context.WithValue(ctx, oauth2.HTTPClient, exchange.Client(&http.Client{Transport: carrier})))
	if err == nil {
		return token, asked, nil
	}
	return nil, asked, carrier.errorFrom(err)
}

// carrier takes x/oauth2's requests to Google, and keeps what became of them: x/oauth2's own errors quote answers.
type carrier struct {
	http   *http.Client
	answer exchange.Answer
	failed error
}

// RoundTrip sends a request once.
func (t *carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	a, err := exchange.Do(t.http, req, maxToken)
	if err != nil {
		t.failed = unanswered(err)
		return nil, t.failed
	}
	t.answer = a
	return &http.Response{StatusCode: a.Status, Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.Body)), Request: req}, nil
}

// errorFrom returns our error for one that x/oauth2 returned.
func (t *carrier) errorFrom(err error) error {
	var said *oauth2.RetrieveError
	switch {
	case t.failed != nil:
		return t.failed
	case errors.As(err, &said):
		return tokenErrorOf(t.answer, said.ErrorCode)
	default:
		return &UnavailableError{Status: t.answer.Status, reason: "the answer is not readable"}
	}
}

// tokenErrorOf maps an error of the token or revocation endpoint. Only a 4xx can end a grant: what a gateway or a failing
// server says must not cost a clinic its calendar.
func tokenErrorOf(a exchange.Answer, code string) error {
	switch {
	case a.Status >= http.StatusInternalServerError || a.Status < http.StatusBadRequest || a.Status == http.StatusRequestTimeout:
		return &UnavailableError{Status: a.Status, reason: "a failure of its own"}
	case a.Status == http.StatusTooManyRequests:
		return &RateLimitedError{RetryAfter: exchange.RetryAfter(a.Header), Reason: identifier(code)}
	case code == "invalid_grant":
		return ErrGrantRevoked
	case code == "invalid_client", code == "unauthorized_client", code == "deleted_client":
		return ErrClientRefused
	default:
		return &RefusedError{Status: a.Status, Reason: identifier(code)}
	}
}
