package calendar

import (
	"context"
	"errors"

	"github.com/voxanne-ai/voxanne/providers/google"
)

// googleProvider is Google's calendars.
type googleProvider struct {
	client   *google.Client
	redirect string
}

// NewGoogle returns Google's calendars. redirect is where the answer to a consent goes, as registered at Google.
func NewGoogle(client *google.Client, redirect string) Provider {
	return &googleProvider{client: client, redirect: redirect}
}

// String hides the client's secret from every format verb that asks for text.
func (*googleProvider) String() string { return "[google calendars]" }

// GoString hides it from %#v.
func (p *googleProvider) GoString() string { return p.String() }

func (*googleProvider) Name() string       { return Google }
func (*googleProvider) Credential() string { return GoogleCredential }

func (p *googleProvider) AuthURL(state, verifier, hint string) string {
	return p.client.AuthURL(google.Consent{State: state, Verifier: verifier, Redirect: p.redirect, Hint: hint})
}

func (p *googleProvider) Exchange(ctx context.Context, code, verifier string) (Grant, error) {
	got, err := p.client.Exchange(ctx, code, verifier, p.redirect)
	if err != nil {
		return Grant{}, googleError(err)
	}
	if got.AccountID == "" { // neither kept nor given back: nobody could tell who else uses the account
		return Grant{}, &UnavailableError{cause: errors.New("the account is not named")}
	}
	return googleGrant(got), googleError(got.Check())
}

func (p *googleProvider) Refresh(ctx context.Context, g Grant) (Grant, error) {
	got, err := p.client.Refresh(ctx, google.Grant{AccessToken: g.Access, RefreshToken: g.Refresh, Expiry: g.Expires,
		AccountID: g.AccountID, Email: g.Email})
	if errors.Is(err, google.ErrNoRefreshToken) {
		return Grant{}, ErrGrantRevoked
	}
	if err != nil {
		return Grant{}, googleError(err)
	}
	return googleGrant(got), nil
}

// Revoke gives the refresh token back, which lives longer; the access token ends with it.
func (p *googleProvider) Revoke(ctx context.Context, g Grant) error {
	token := g.Refresh
	if token == "" {
		token = g.Access
	}
	if token == "" {
		return nil
	}
	return googleError(p.client.Revoke(ctx, token))
}

func (p *googleProvider) Open(g Grant) Account { return &googleAccount{of: p.client.Account(g.Access)} }

func googleGrant(g google.Grant) Grant {
	return Grant{Access: g.AccessToken, Refresh: g.RefreshToken, Expires: g.Expiry, AccountID: g.AccountID, Email: g.Email}
}

// googleError says what an error of Google's means here. Those of single events (exists, changed meanwhile) are settled
// before; one that comes so far is for another try.
func googleError(err error) error {
	var limited *google.RateLimitedError
	var refused *google.RefusedError
	var unavailable *google.UnavailableError
	switch {
	case errors.As(err, &limited):
		return &PauseError{After: limited.RetryAfter}
	case errors.As(err, &refused) && refused.Reason == "requiredAccessLevel":
		return ErrScopeMissing
	case errors.As(err, &refused):
		return &RefusedError{Status: refused.Status, Code: refused.Reason}
	case errors.As(err, &unavailable):
		return &UnavailableError{Status: unavailable.Status, cause: err}
	}
	return translated(err, []translation{
		{google.ErrUnauthorized, ErrUnauthorized}, {google.ErrGrantRevoked, ErrGrantRevoked}, {google.ErrCodeRefused, ErrCodeRefused},
		{google.ErrClientRefused, ErrClientRefused}, {google.ErrNoRefreshToken, ErrNoRefreshToken},
		{google.ErrScopeMissing, ErrScopeMissing}, {google.ErrNotFound, ErrNotFound}, {google.ErrGone, ErrGone},
	})
}
