package google_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	good := google.Options{ClientID: clientID, ClientSecret: secret}
	_, err := google.New(good)
	require.NoError(t, err)
	for name, spoil := range map[string]func(*google.Options){
		"no client": func(o *google.Options) { o.ClientID = "" }, "no secret": func(o *google.Options) { o.ClientSecret = "" },
		"address": func(o *google.Options) { o.BaseURL = "ftp://x" }, "time-out": func(o *google.Options) { o.Timeout = -1 },
	} {
		o := good
		spoil(&o)
		_, err := google.New(o)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), secret, name)
	}
}

func TestAuthURLAsksForAllThatALinkNeeds(t *testing.T) {
	t.Parallel()
	client, err := google.New(google.Options{ClientID: clientID, ClientSecret: secret})
	require.NoError(t, err)
	ask := google.Consent{State: "s", Verifier: google.NewVerifier(), Redirect: redirect, Hint: owner}
	address, err := url.Parse(client.AuthURL(ask))
	require.NoError(t, err)
	require.Equal(t, "https://accounts.google.com/o/oauth2/v2/auth", "https://"+address.Host+address.Path)
	q := address.Query()
	require.Len(t, q.Get("code_challenge"), 43)
	require.NotContains(t, address.String(), ask.Verifier)
	require.NotContains(t, address.String(), secret)
	q.Del("code_challenge")
	require.Equal(t, url.Values{"client_id": {clientID}, "redirect_uri": {redirect}, "response_type": {"code"}, "state": {"s"},
		"access_type": {"offline"}, "prompt": {"consent"}, "include_granted_scopes": {"true"}, "login_hint": {owner},
		"code_challenge_method": {"S256"}, "scope": {google.ScopeCalendar + " " + google.ScopeEvents +
			" https://www.googleapis.com/auth/userinfo.email openid"}}, q)
}

func TestAConsentBecomesAGrant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := time.Now()
	g := b.connect(t)
	require.NoError(t, g.Check())
	require.Equal(t, []string{owner, "1" + owner}, []string{g.Email, g.AccountID})
	require.Contains(t, g.Scopes, google.ScopeCalendar)
	require.WithinRange(t, g.Expiry, before.Add(3599*time.Second), time.Now().Add(3599*time.Second))
	for _, verb := range []string{"%v", "%+v", "%s", "%#v"} {
		shown := fmt.Sprintf(verb, g) + fmt.Sprintf(verb, b.client.Account(g.AccessToken))
		require.NotContains(t, shown, g.AccessToken, verb)
		require.NotContains(t, shown, g.RefreshToken, verb)
	}
	sealed, err := json.Marshal(g)
	require.NoError(t, err)
	var opened google.Grant
	require.NoError(t, json.Unmarshal(sealed, &opened))
	require.Equal(t, g, opened)
}

func TestTheAddressIsAskedForWhenNoIDTokenComes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, owner, b.connect(t).Email)
	_, tokens := b.played.Requests()
	require.Equal(t, 1, tokens, "the id token suffices")
	b.played.RemoveAccess(owner)
	b.played.Answer(sandbox.GoogleConsent{Untick: []string{"openid"}})
	require.Equal(t, owner, b.connect(t).Email)
	_, tokens = b.played.Requests()
	require.Equal(t, 3, tokens)
	b.played.RemoveAccess(owner)
	b.played.Answer(sandbox.GoogleConsent{Untick: []string{"openid", "https://www.googleapis.com/auth/userinfo.email"}})
	g := b.connect(t)
	require.Empty(t, g.Email)
	require.NoError(t, g.Check(), "a grant is not lost for want of an address")
}

func TestAnIDTokenMustBeForUsAndItsAddressVerified(t *testing.T) {
	t.Parallel()
	for claims, want := range map[string]string{
		`{"aud":"` + clientID + `","email":"` + owner + `","email_verified":true}`:  owner,
		`{"aud":"` + clientID + `","email":"` + owner + `","email_verified":false}`: "",
		`{"aud":"another","email":"` + owner + `","email_verified":true}`:           "",
		`[]`: "",
	} {
		b := against(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/token" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			token := "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
			_, _ = w.Write([]byte(`{"access_token":"a","expires_in":60,"id_token":"` + token + `"}`))
		}))
		g, err := b.client.Exchange(t.Context(), "code", google.NewVerifier(), redirect)
		require.NoError(t, err)
		require.Equal(t, want, g.Email, claims)
	}
}

func TestWhatAConsentMayLack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ask := google.Consent{State: "s", Verifier: google.NewVerifier(), Redirect: redirect}
	b.played.Answer(sandbox.GoogleConsent{Deny: true})
	_, back := visit(t, b.client.AuthURL(ask))
	require.Equal(t, url.Values{"error": {"access_denied"}, "state": {"s"}}, back)

	b.played.Answer(sandbox.GoogleConsent{Untick: []string{google.ScopeCalendar}})
	g := b.connect(t)
	require.ErrorIs(t, g.Check(), google.ErrScopeMissing)
	_, err := b.client.Account(g.AccessToken).Calendars(t.Context())
	require.ErrorIs(t, err, google.ErrScopeMissing)

	b.played.WithholdRefreshTokens(1)
	g = b.connect(t)
	require.ErrorIs(t, g.Check(), google.ErrNoRefreshToken)
	_, err = b.client.Refresh(t.Context(), g)
	require.ErrorIs(t, err, google.ErrNoRefreshToken)
	require.NoError(t, b.connect(t).Check(), "asking again helps")
}

func TestWithoutPromptARefreshTokenComesOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	exchange := func() google.Grant {
		ask := google.Consent{State: "s", Verifier: google.NewVerifier(), Redirect: redirect}
		_, back := visit(t, strings.Replace(b.client.AuthURL(ask), "prompt=consent&", "", 1))
		g, err := b.client.Exchange(t.Context(), back.Get("code"), ask.Verifier, redirect)
		require.NoError(t, err)
		return g
	}
	require.NotEmpty(t, exchange().RefreshToken)
	require.Empty(t, exchange().RefreshToken)
	require.NotEmpty(t, b.connect(t).RefreshToken, "which is why we always prompt")
}

func TestACodeIsGoodOnceAndForItsOwnVerifierAndAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	code := func() (string, string) {
		ask := google.Consent{State: "s", Verifier: google.NewVerifier(), Redirect: redirect}
		_, back := visit(t, b.client.AuthURL(ask))
		return back.Get("code"), ask.Verifier
	}
	first, verifier := code()
	_, err := b.client.Exchange(t.Context(), first, verifier, redirect)
	require.NoError(t, err)
	_, err = b.client.Exchange(t.Context(), first, verifier, redirect)
	require.ErrorIs(t, err, google.ErrCodeRefused, "used")
	discreet(t, err, first, verifier)

	second, _ := code()
	_, err = b.client.Exchange(t.Context(), second, google.NewVerifier(), redirect)
	require.ErrorIs(t, err, google.ErrCodeRefused, "another verifier")

	third, verifier := code()
	_, err = b.client.Exchange(t.Context(), third, verifier, redirect+"/elsewhere")
	require.Equal(t, &google.RefusedError{Status: 400, Reason: "redirect_uri_mismatch"}, err)

	fourth, verifier := code()
	b.played.Pass(11 * time.Minute)
	_, err = b.client.Exchange(t.Context(), fourth, verifier, redirect)
	require.ErrorIs(t, err, google.ErrCodeRefused, "too late")
}

func TestRefreshKeepsWhatIsNotRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	g := b.connect(t)
	b.played.Pass(2 * time.Hour) // Google's clock is ahead from here on
	_, err := b.client.Account(g.AccessToken).Calendars(t.Context())
	require.ErrorIs(t, err, google.ErrUnauthorized)
	require.True(t, time.Now().Before(g.Expiry), "by our clock it was good")
	fresh, err := b.client.Refresh(t.Context(), g)
	require.NoError(t, err)
	require.NotEqual(t, g.AccessToken, fresh.AccessToken)
	require.Equal(t, g.RefreshToken, fresh.RefreshToken)
	require.Equal(t, []string{g.Email, g.AccountID}, []string{fresh.Email, fresh.AccountID})
	require.Equal(t, g.Scopes, fresh.Scopes)
	require.True(t, time.Now().Before(fresh.Expiry), "an answer counts from when it was asked for, whatever Google's clock shows")
	_, err = b.client.Account(fresh.AccessToken).Calendars(t.Context())
	require.NoError(t, err)
}

func TestARotatedRefreshTokenTakesTheOldOnesPlaceWhenUsed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	g := b.connect(t)
	b.played.Rotate(true)
	lost, err := b.client.Refresh(t.Context(), g) // not stored: the process died
	require.NoError(t, err)
	require.NotEqual(t, g.RefreshToken, lost.RefreshToken)
	kept, err := b.client.Refresh(t.Context(), g)
	require.NoError(t, err, "the old one lives until the new one is used")
	_, err = b.client.Account(kept.AccessToken).Calendars(t.Context())
	require.NoError(t, err)
	_, err = b.client.Refresh(t.Context(), g)
	require.ErrorIs(t, err, google.ErrGrantRevoked)
	_, err = b.client.Refresh(t.Context(), kept)
	require.NoError(t, err)
}

func TestOnlyGoogleItselfEndsAGrant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	g := b.connect(t)
	for name, c := range map[string]struct {
		failure sandbox.Failure
		want    any
	}{
		"server error": {sandbox.Failure{Status: 503}, new(*google.UnavailableError)},
		"busy":         {sandbox.Failure{Status: 429, RetryAfter: 7 * time.Second}, new(*google.RateLimitedError)},
		"forbidden":    {sandbox.Failure{Status: 403}, new(*google.RefusedError)},
	} {
		b.played.FailTokens(c.failure)
		_, err := b.client.Refresh(t.Context(), g)
		require.ErrorAs(t, err, c.want, name)
		discreet(t, err, g.AccessToken, g.RefreshToken)
	}
	// A gateway that says what only Google may say.
	for _, status := range []int{200, 302, 500, 502} {
		gateway := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"error":"invalid_grant","error_description":"provider-words"}`))
		}))
		_, err := gateway.client.Refresh(t.Context(), g)
		var unavailable *google.UnavailableError
		require.ErrorAs(t, err, &unavailable, status)
		discreet(t, err, g.RefreshToken)
	}
	_, err := b.client.Refresh(t.Context(), g)
	require.NoError(t, err, "nothing of that ended it")
	b.played.RemoveAccess(owner)
	_, err = b.client.Refresh(t.Context(), g)
	require.ErrorIs(t, err, google.ErrGrantRevoked)
	discreet(t, err, g.RefreshToken)
}

func TestSecretsFollowNoRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := against(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the secrets went elsewhere") }))
	b := against(t, http.RedirectHandler(elsewhere.url, http.StatusTemporaryRedirect))
	g := google.Grant{AccessToken: "test-secret-access", RefreshToken: "test-secret-refresh"}
	var unavailable *google.UnavailableError
	_, err := b.client.Refresh(t.Context(), g)
	require.ErrorAs(t, err, &unavailable)
	_, err = b.client.Exchange(t.Context(), "code", google.NewVerifier(), redirect)
	require.ErrorAs(t, err, &unavailable)
	require.ErrorAs(t, b.client.Revoke(t.Context(), g.RefreshToken), &unavailable)
	_, err = b.client.Account(g.AccessToken).Insert(t.Context(), owner, draft(t, uuid.New(), "2026-05-04T15:00:00Z"))
	require.ErrorAs(t, err, &unavailable)
}

func TestAWrongSecretIsTheOperatorsMatter(t *testing.T) {
	t.Parallel()
	b := setup(t)
	g := b.connect(t)
	other, err := google.New(google.Options{ClientID: clientID, ClientSecret: "test-secret-other", BaseURL: b.url,
		HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}})
	require.NoError(t, err)
	_, err = other.Refresh(t.Context(), g)
	require.ErrorIs(t, err, google.ErrClientRefused)
	require.NotErrorIs(t, err, google.ErrGrantRevoked)
}

func TestAHangingTokenEndpointEndsWithItsTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	g := b.connect(t)
	b.played.FailTokens(sandbox.Failure{Delay: time.Hour})
	client, err := google.New(google.Options{ClientID: clientID, ClientSecret: secret, BaseURL: b.url, Timeout: 50 * time.Millisecond,
		HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}})
	require.NoError(t, err)
	_, err = client.Refresh(t.Context(), g)
	var unavailable *google.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	require.ErrorContains(t, err, "timed out")
	discreet(t, err, g.RefreshToken)
}

func TestRevokeEndsAllThatThePersonAllowed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, second := b.connect(t), b.connect(t)
	require.Equal(t, 2, b.played.Grants(owner))
	require.NoError(t, b.client.Revoke(t.Context(), first.RefreshToken))
	require.Zero(t, b.played.Grants(owner), "Google knows one permission for a person and a project")
	_, err := b.client.Refresh(t.Context(), second)
	require.ErrorIs(t, err, google.ErrGrantRevoked)
	require.NoError(t, b.client.Revoke(t.Context(), first.RefreshToken), "it has ended already")
	b.played.FailTokens(sandbox.Failure{Status: 503})
	err = b.client.Revoke(t.Context(), first.RefreshToken)
	var unavailable *google.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	discreet(t, err, first.RefreshToken)
}
