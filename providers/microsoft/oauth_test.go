package microsoft_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	good := microsoft.Options{ClientID: clientID, ClientSecret: secret, RedirectURL: redirect}
	_, err := microsoft.New(good)
	require.NoError(t, err)
	for name, spoil := range map[string]func(*microsoft.Options){
		"base": func(o *microsoft.Options) { o.BaseURL = "ftp://x" }, "login": func(o *microsoft.Options) { o.LoginURL = "x" },
		"redirect": func(o *microsoft.Options) { o.RedirectURL = "" }, "id": func(o *microsoft.Options) { o.ClientID = "" },
		"secret": func(o *microsoft.Options) { o.ClientSecret = "" }, "timeout": func(o *microsoft.Options) { o.Timeout = -1 },
		"page": func(o *microsoft.Options) { o.PageSize = -1 },
	} {
		o := good
		spoil(&o)
		_, err = microsoft.New(o)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), secret, name)
	}
}

func TestAuthURLAsksForWhatIsNeeded(t *testing.T) {
	t.Parallel()
	c, err := microsoft.New(microsoft.Options{ClientID: clientID, ClientSecret: secret, RedirectURL: redirect})
	require.NoError(t, err)
	u, err := url.Parse(c.AuthURL("s", verifier, ""))
	require.NoError(t, err)
	require.Equal(t, "login.microsoftonline.com/common/oauth2/v2.0/authorize", u.Host+u.Path)
	q := u.Query()
	require.Equal(t, "offline_access Calendars.ReadWrite User.Read", q.Get("scope"))
	require.Equal(t, []string{"code", "query", "S256", "select_account", redirect},
		[]string{q.Get("response_type"), q.Get("response_mode"), q.Get("code_challenge_method"), q.Get("prompt"), q.Get("redirect_uri")})
	require.NotContains(t, u.String(), verifier)
	require.NotContains(t, u.String(), secret)
}

func TestExchangeRedeemsACodeOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	code := b.consent(t)
	got, err := b.client.Exchange(t.Context(), code, verifier)
	require.NoError(t, err)
	require.NotEmpty(t, got.Access)
	require.NotEmpty(t, got.Refresh)
	require.WithinDuration(t, time.Now().Add(time.Hour), got.Expires, time.Minute)
	_, err = b.client.Exchange(t.Context(), code, verifier)
	require.ErrorIs(t, err, microsoft.ErrCodeRefused)
	discreet(t, b, err)
}

func TestExchangeRefusesWhatWasNotAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.client.Exchange(t.Context(), b.consent(t), verifier+"x")
	require.ErrorIs(t, err, microsoft.ErrCodeRefused, "another verifier")

	other, err := microsoft.New(microsoft.Options{BaseURL: b.url, LoginURL: b.url, ClientID: clientID, ClientSecret: secret,
		RedirectURL: redirect + "2", HTTP: hc()})
	require.NoError(t, err)
	_, err = other.Exchange(t.Context(), b.consent(t), verifier)
	require.ErrorIs(t, err, microsoft.ErrCodeRefused, "another redirect")

	code := b.consent(t)
	b.played.Skew(11 * time.Minute)
	_, err = b.client.Exchange(t.Context(), code, verifier)
	require.ErrorIs(t, err, microsoft.ErrCodeRefused, "late")
	b.played.Skew(0)

	wrong, err := microsoft.New(microsoft.Options{BaseURL: b.url, LoginURL: b.url, ClientID: clientID, ClientSecret: "test-secret-other",
		RedirectURL: redirect, HTTP: hc()})
	require.NoError(t, err)
	_, err = wrong.Exchange(t.Context(), b.consent(t), verifier)
	require.ErrorIs(t, err, microsoft.ErrClientRefused)

	b.played.OmitRefreshTokens(1)
	_, err = b.client.Exchange(t.Context(), b.consent(t), verifier)
	require.ErrorIs(t, err, microsoft.ErrNoRefreshToken)

	address, err := url.Parse(b.client.AuthURL("s", verifier, ""))
	require.NoError(t, err)
	q := address.Query()
	q.Set("scope", "offline_access User.Read")
	address.RawQuery = q.Encode()
	_, err = b.client.Exchange(t.Context(), b.authorize(t, address.String()).Get("code"), verifier)
	require.ErrorIs(t, err, microsoft.ErrScopeMissing)
}

func TestARefusalComesBackByTheRedirect(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.Deny("access_denied")
	answer := b.authorize(t, b.client.AuthURL("s", verifier, ""))
	require.Equal(t, "access_denied", answer.Get("error"))
	require.Equal(t, "s", answer.Get("state"))
	require.Empty(t, answer.Get("code"))
}

func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	b := setup(t)
	next, err := b.client.Refresh(t.Context(), b.token.Refresh)
	require.NoError(t, err)
	require.NotEqual(t, b.token.Refresh, next.Refresh)
	require.NotEqual(t, b.token.Access, next.Access)
	_, err = b.client.Refresh(t.Context(), b.token.Refresh)
	require.ErrorIs(t, err, microsoft.ErrGrantRevoked, "the old one was replaced")

	b.played.OmitRefreshTokens(1)
	kept, err := b.client.Refresh(t.Context(), next.Refresh)
	require.NoError(t, err)
	require.Equal(t, next.Refresh, kept.Refresh, "an answer without one keeps the old one")
	_, err = b.client.Refresh(t.Context(), kept.Refresh)
	require.NoError(t, err)

	b.played.KeepOldRefreshTokens(true)
	_, err = b.client.Refresh(t.Context(), b.token.Refresh)
	require.NoError(t, err, "as the platform is today")
}

func TestAnEndedGrantIsToldFromTrouble(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.Fail(sandbox.Failure{Status: 503}, sandbox.Failure{Status: 429, RetryAfter: 7 * time.Second}, sandbox.Failure{Status: 400})
	_, err := b.client.Refresh(t.Context(), b.token.Refresh)
	var unavailable *microsoft.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	discreet(t, b, err)
	_, err = b.client.Refresh(t.Context(), b.token.Refresh)
	var limited *microsoft.RateLimitedError
	require.ErrorAs(t, err, &limited)
	require.Equal(t, 7*time.Second, limited.After)
	_, err = b.client.Refresh(t.Context(), b.token.Refresh)
	require.ErrorAs(t, err, &unavailable, "temporarily_unavailable, whatever the status")

	b.played.Fail(sandbox.Failure{Delay: time.Hour})
	_, err = b.client.Refresh(short(t, 50*time.Millisecond), b.token.Refresh)
	require.ErrorAs(t, err, &unavailable)
	discreet(t, b, err)

	for _, suberror := range []string{"bad_token", "token_expired", "consent_required", "basic_action"} {
		b.played.EndGrants(email, suberror)
		_, err = b.client.Refresh(t.Context(), b.token.Refresh)
		require.ErrorIs(t, err, microsoft.ErrGrantRevoked, suberror)
		discreet(t, b, err)
	}
	_, err = b.account.Me(t.Context())
	require.ErrorIs(t, err, microsoft.ErrUnauthorized)
	_, err = b.client.Refresh(t.Context(), "")
	require.ErrorIs(t, err, microsoft.ErrGrantRevoked)
	require.ErrorIs(t, b.client.Revoke(t.Context(), b.token.Refresh), microsoft.ErrNoRevocation)
}

func TestAClockThatIsAheadEndsAnAccessTokenEarly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.Skew(2 * time.Hour)
	require.True(t, b.token.Expires.After(time.Now()))
	_, err := b.account.Me(t.Context())
	require.ErrorIs(t, err, microsoft.ErrUnauthorized)
	fresh, err := b.client.Refresh(t.Context(), b.token.Refresh)
	require.NoError(t, err)
	_, err = b.client.Account(fresh.Access).Me(t.Context())
	require.NoError(t, err)
}

func TestTokensAreShownOnlyForSealing(t *testing.T) {
	t.Parallel()
	token := microsoft.Token{Access: "test-secret-access", Refresh: "test-secret-refresh", Expires: time.Now().UTC().Round(time.Second)}
	account := new(microsoft.Client).Account(token.Access)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", token)
	for _, said := range []string{log.String(), fmt.Sprintf("%v %+v %#v %s", token, token, token, &token), fmt.Sprintf("%v %#v", account, account)} {
		require.NotContains(t, said, "test-secret")
	}
	sealed, err := json.Marshal(token)
	require.NoError(t, err)
	var opened microsoft.Token
	require.NoError(t, json.Unmarshal(sealed, &opened))
	require.Equal(t, token, opened)
}

func TestAnAnswerThatIsNoTokenIsTrouble(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"<html>zanzibar-lilac</html>", `{}`, `{"access_token":""}`, ``} {
		b := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		_, err := b.client.Refresh(t.Context(), "test-secret-refresh")
		var unavailable *microsoft.UnavailableError
		require.ErrorAs(t, err, &unavailable, body)
		require.NotContains(t, err.Error(), "zanzibar")
	}
}
