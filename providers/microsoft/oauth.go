package microsoft

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// Scopes of a grant: a refresh token, the calendars, and whose they are.
var scopes = []string{"offline_access", "Calendars.ReadWrite", "User.Read"}

// Where a person ends the grant by hand, since no app can: [Client.Revoke].
const (
	ConsentPageWork     = "https://myapplications.microsoft.com"
	ConsentPagePersonal = "https://account.live.com/consent/Manage"
)

// Token is what a grant gave. It is for sealing: its JSON holds the secrets, every other way of writing it hides them.
type Token struct {
	Access  string    `json:"access"`
	Refresh string    `json:"refresh"`
	Expires time.Time `json:"expires"` // of Access, by our own clock: Microsoft tells seconds from now
}

// String hides the secrets from every format verb that asks for text.
func (t Token) String() string { return "[microsoft token]" }

// GoString hides the secrets from %#v.
func (t Token) GoString() string { return t.String() }

// LogValue hides the secrets from slog, whose JSON would show the fields.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

func config(o Options, login string) oauth2.Config {
	tenant := o.Tenant
	if tenant == "" {
		tenant = DefaultTenant
	}
	platform := login + "/" + url.PathEscape(tenant) + "/oauth2/v2.0"
	return oauth2.Config{
		ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURL: o.RedirectURL, Scopes: scopes,
		// AuthStyleInParams: trying both ways, as the library would by itself, spends an authorization code.
		Endpoint: oauth2.Endpoint{AuthURL: platform + "/authorize", TokenURL: platform + "/token", AuthStyle: oauth2.AuthStyleInParams},
	}
}

// AuthURL is where a person is sent to give the grant. verifier is the PKCE secret that [Client.Exchange] wants again; it
// is not in the address, its hash is. hint is the address of the account that is offered first, or empty (Microsoft:
// /oauth2/v2.0/authorize).
func (c *Client) AuthURL(state, verifier, hint string) string {
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("response_mode", "query"),
		oauth2.SetAuthURLParam("prompt", "select_account")} // else a browser that is signed in links whoever it is
	if hint != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", hint))
	}
	return c.oauth.AuthCodeURL(state, options...)
}

// Exchange redeems an authorization code, once. It is never repeated: a code that may be spent is spent. With
// [ErrNoRefreshToken] and [ErrScopeMissing] comes the token that does not suffice, so that one can ask whose it is.
//
// Errors: [ErrCodeRefused], [ErrClientRefused], [ErrNoRefreshToken], [ErrScopeMissing], [*RateLimitedError],
// [*RefusedError], [*UnavailableError] (Microsoft: /oauth2/v2.0/token).
func (c *Client) Exchange(ctx context.Context, code, verifier string) (Token, error) {
	if code == "" || verifier == "" {
		return Token{}, ErrCodeRefused
	}
	ctx, cancel := c.forTokens(ctx)
	defer cancel()
	got, err := c.oauth.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	switch {
	case err != nil:
		return Token{}, tokenError(ctx, err, ErrCodeRefused)
	case got.RefreshToken == "":
		return tokenOf(got), ErrNoRefreshToken
	case !covers(got):
		return tokenOf(got), ErrScopeMissing
	}
	return tokenOf(got), nil
}

// Refresh gets a new access token. Microsoft gives a new refresh token with it; store both before using either. An answer
// without one keeps the old one. It is not repeated here: after a lost answer the old refresh token still works.
//
// Errors: [ErrGrantRevoked], [ErrClientRefused], [*RateLimitedError], [*RefusedError], [*UnavailableError] (Microsoft:
// /oauth2/v2.0/token).
func (c *Client) Refresh(ctx context.Context, refreshToken string) (Token, error) {
	if refreshToken == "" {
		return Token{}, ErrGrantRevoked
	}
	ctx, cancel := c.forTokens(ctx)
	defer cancel()
	got, err := c.oauth.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
	if err != nil {
		return Token{}, tokenError(ctx, err, ErrGrantRevoked)
	}
	return tokenOf(got), nil
}

// Revoke always returns [ErrNoRevocation]: the platform has no endpoint that ends one app's grant with the rights of that
// grant. user:revokeSignInSessions needs an administrator's permission, is not there for personal accounts, and signs the
// person out of everything. Delete the subscriptions, forget the tokens, and name the person's page of consents.
func (c *Client) Revoke(context.Context, string) error { return ErrNoRevocation }

// forTokens is a context that carries our HTTP client and time limit to the library.
func (c *Client) forTokens(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, c.http), c.timeout)
}

func tokenOf(t *oauth2.Token) Token {
	return Token{Access: t.AccessToken, Refresh: t.RefreshToken, Expires: t.Expiry}
}

// covers says whether the grant lets us write calendars. Microsoft writes scopes with or without Graph's address, and
// leaves them out when they are the ones that were asked for.
func covers(t *oauth2.Token) bool {
	granted, _ := t.Extra("scope").(string)
	if granted == "" {
		return true
	}
	for scope := range strings.FieldsSeq(granted) {
		if strings.EqualFold(scope[strings.LastIndexByte(scope, '/')+1:], "Calendars.ReadWrite") {
			return true
		}
	}
	return false
}

// tokenError maps what the library returns, whose own texts quote the answer. lost is what an invalid grant means here.
func tokenError(ctx context.Context, err, lost error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) || answer.Response == nil {
		return &UnavailableError{reason: "no token came", cause: ctx.Err()}
	}
	status := answer.Response.StatusCode
	switch {
	case status == http.StatusTooManyRequests:
		return &RateLimitedError{After: exchange.RetryAfter(answer.Response.Header)}
	case status >= http.StatusInternalServerError, answer.ErrorCode == "temporarily_unavailable", answer.ErrorCode == "server_error":
		return &UnavailableError{Status: status, After: exchange.RetryAfter(answer.Response.Header), reason: "a failure of its own"}
	case answer.ErrorCode == "invalid_grant", answer.ErrorCode == "interaction_required", answer.ErrorCode == "consent_required",
		answer.ErrorCode == "login_required":
		return lost // whatever the suberror: each of them asks for the person
	case answer.ErrorCode == "invalid_client", answer.ErrorCode == "unauthorized_client":
		return ErrClientRefused
	case status < http.StatusBadRequest:
		return unreadable(status)
	case !codeForm.MatchString(answer.ErrorCode):
		return &RefusedError{Status: status}
	}
	return &RefusedError{Status: status, Code: answer.ErrorCode}
}
