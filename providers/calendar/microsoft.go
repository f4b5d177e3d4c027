package calendar

import (
	"context"
	"errors"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
)

// microsoftProvider is Outlook's calendars.
type microsoftProvider struct{ client *microsoft.Client }

// NewMicrosoft returns Outlook's calendars. Where the answer to a consent goes, the client knows.
func NewMicrosoft(client *microsoft.Client) Provider { return &microsoftProvider{client: client} }

// String hides the client's secret from every format verb that asks for text.
func (*microsoftProvider) String() string { return "[microsoft calendars]" }

// GoString hides it from %#v.
func (p *microsoftProvider) GoString() string { return p.String() }

func (*microsoftProvider) Name() string       { return Microsoft }
func (*microsoftProvider) Credential() string { return MicrosoftCredential }

func (p *microsoftProvider) AuthURL(state, verifier, hint string) string {
	return p.client.AuthURL(state, verifier, hint)
}

// Exchange asks whose the grant is, too. When that is not told, the consent is lost, as it is when the code's answer is.
func (p *microsoftProvider) Exchange(ctx context.Context, code, verifier string) (Grant, error) {
	token, lacking := p.client.Exchange(ctx, code, verifier)
	if token.Access == "" {
		return Grant{}, microsoftError(lacking)
	}
	me, err := p.client.Account(token.Access).Me(ctx)
	if err != nil && lacking == nil {
		return Grant{}, microsoftError(err)
	}
	return microsoftGrant(token, Grant{AccountID: me.ID, Email: me.Email}), microsoftError(lacking)
}

func (p *microsoftProvider) Refresh(ctx context.Context, g Grant) (Grant, error) {
	token, err := p.client.Refresh(ctx, g.Refresh)
	if err != nil {
		return Grant{}, microsoftError(err)
	}
	return microsoftGrant(token, g), nil
}

func (p *microsoftProvider) Revoke(ctx context.Context, g Grant) error {
	return microsoftError(p.client.Revoke(ctx, g.Refresh))
}

func (p *microsoftProvider) Open(g Grant) Account {
	return &microsoftAccount{of: p.client.Account(g.Access)}
}

// microsoftGrant is a token with its owner from the grant before; the client keeps a refresh token that was not repeated.
func microsoftGrant(t microsoft.Token, before Grant) Grant {
	return Grant{Access: t.Access, Refresh: t.Refresh, Expires: t.Expires, AccountID: before.AccountID, Email: before.Email}
}

// microsoftError says what an error of Microsoft's means here. A conflict that comes so far is for another try.
func microsoftError(err error) error {
	var limited *microsoft.RateLimitedError
	var refused *microsoft.RefusedError
	var unavailable *microsoft.UnavailableError
	switch {
	case errors.As(err, &limited):
		return &PauseError{After: limited.After}
	case errors.As(err, &refused):
		return &RefusedError{Status: refused.Status, Code: refused.Code}
	case errors.As(err, &unavailable):
		return &UnavailableError{Status: unavailable.Status, After: unavailable.After, cause: err}
	}
	return translated(err, []translation{
		{microsoft.ErrUnauthorized, ErrUnauthorized}, {microsoft.ErrGrantRevoked, ErrGrantRevoked},
		{microsoft.ErrCodeRefused, ErrCodeRefused}, {microsoft.ErrClientRefused, ErrClientRefused},
		{microsoft.ErrNoRefreshToken, ErrNoRefreshToken}, {microsoft.ErrScopeMissing, ErrScopeMissing},
		{microsoft.ErrForbidden, ErrScopeMissing}, {microsoft.ErrNoRevocation, ErrNoRevocation},
		{microsoft.ErrNotFound, ErrNotFound}, {microsoft.ErrGone, ErrGone},
	})
}
