package calendar_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func TestAConsentBecomesAGrantWithItsOwner(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		address := p.AuthURL("test-secret-state", verifier, owner)
		require.Contains(t, address, "login_hint=dr.quill")
		require.NotContains(t, address, verifier)
		g, err := p.Exchange(t.Context(), p.consent(t, address), verifier)
		require.NoError(t, err)
		require.Equal(t, owner, g.Email)
		require.NotEmpty(t, g.AccountID)
		require.NotEqual(t, owner, g.AccountID)
		require.True(t, g.Fresh(time.Now()))
		require.False(t, g.Fresh(time.Now().Add(time.Hour)))
		require.Equal(t, g.AccountID, p.connect(t).AccountID, "the same account")
		discreet(t, g, g.Access, g.Refresh)
		discreet(t, p.Open(g), g.Access, g.Refresh)
		discreet(t, p.Provider, g.Access, g.Refresh)
		sealed, err := json.Marshal(g)
		require.NoError(t, err)
		var opened calendar.Grant
		require.NoError(t, json.Unmarshal(sealed, &opened))
		require.Equal(t, g.Refresh, opened.Refresh)
	})
}

func TestACodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		code := p.consent(t, p.AuthURL("test-secret-state", verifier, ""))
		_, err := p.Exchange(t.Context(), code, verifier)
		require.NoError(t, err)
		_, err = p.Exchange(t.Context(), code, verifier)
		require.ErrorIs(t, err, calendar.ErrCodeRefused)
		discreet(t, err, code)
	})
}

func TestAGrantThatDoesNotSufficeComesWithItsError(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		if p.google != nil {
			p.google.WithholdRefreshTokens(1)
		} else {
			p.microsoft.OmitRefreshTokens(1)
		}
		g, err := p.Exchange(t.Context(), p.consent(t, p.AuthURL("test-secret-state", verifier, "")), verifier)
		require.ErrorIs(t, err, calendar.ErrNoRefreshToken)
		require.NotEmpty(t, g.Access)
		require.NotEmpty(t, g.AccountID)
		require.Equal(t, "reconnect", calendar.Code(err))

		address := p.AuthURL("test-secret-state", verifier, "")
		if p.google != nil {
			require.NoError(t, p.Revoke(t.Context(), g), "it can be given back")
			require.Zero(t, p.google.Grants(owner))
			p.google.Answer(sandbox.GoogleConsent{Untick: []string{"https://www.googleapis.com/auth/calendar"}})
		} else {
			address = strings.Replace(address, "+Calendars.ReadWrite", "", 1)
		}
		g, err = p.Exchange(t.Context(), p.consent(t, address), verifier)
		require.ErrorIs(t, err, calendar.ErrScopeMissing)
		require.NotEmpty(t, g.Access)
		require.NotEmpty(t, g.AccountID)
	})
}

func TestAGrantOfNobodyIsNone(t *testing.T) {
	t.Parallel()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/token") {
			http.Error(w, "provider-words", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token":"test-secret-a","refresh_token":"test-secret-r","expires_in":60,` +
			`"scope":"https://www.googleapis.com/auth/calendar Calendars.ReadWrite"}`))
	})
	at := serve(t, handler)
	for _, p := range []calendar.Provider{googleAt(t, at), microsoftAt(t, at)} {
		g, err := p.Exchange(t.Context(), "code", verifier)
		require.ErrorAs(t, err, new(*calendar.UnavailableError))
		require.Zero(t, g)
		discreet(t, err)
	}
}

func TestRefreshingKeepsWhatIsNotRepeated(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		g := p.connect(t)
		if p.microsoft != nil {
			p.microsoft.OmitRefreshTokens(1)
		}
		same, err := p.Refresh(t.Context(), g)
		require.NoError(t, err)
		require.NotEqual(t, g.Access, same.Access)
		require.Equal(t, []string{g.Refresh, g.AccountID, g.Email}, []string{same.Refresh, same.AccountID, same.Email})
		if p.google != nil {
			p.google.Rotate(true)
		}
		rotated, err := p.Refresh(t.Context(), same)
		require.NoError(t, err)
		require.NotEqual(t, g.Refresh, rotated.Refresh)
		require.Equal(t, []string{g.AccountID, g.Email}, []string{rotated.AccountID, rotated.Email})
		require.True(t, rotated.Fresh(time.Now()))
	})
}

func TestWhatRefreshingMayMeet(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		g := p.connect(t)
		p.failTokens(sandbox.Failure{Status: 503}, sandbox.Failure{Status: 429, RetryAfter: 7 * time.Second})
		_, err := p.Refresh(t.Context(), g)
		require.ErrorAs(t, err, new(*calendar.UnavailableError))
		discreet(t, err, g.Access, g.Refresh)
		_, err = p.Refresh(t.Context(), g)
		require.Equal(t, &calendar.PauseError{After: 7 * time.Second}, err)

		_, err = p.Refresh(ended(t), g)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorAs(t, err, new(*calendar.UnavailableError))

		if p.google != nil {
			p.google.RemoveAccess(owner)
		} else {
			p.microsoft.EndGrants(owner, "bad_token")
		}
		_, err = p.Refresh(t.Context(), g)
		require.ErrorIs(t, err, calendar.ErrGrantRevoked)
		discreet(t, err, g.Access, g.Refresh)
		_, err = p.Refresh(t.Context(), calendar.Grant{})
		require.ErrorIs(t, err, calendar.ErrGrantRevoked, "one without refresh token ends with its access token")
	})
}

func TestRevoking(t *testing.T) {
	t.Parallel()
	eachProvider(t, func(t *testing.T, p played) {
		g := p.connect(t)
		err := p.Revoke(t.Context(), g)
		if p.microsoft != nil {
			require.ErrorIs(t, err, calendar.ErrNoRevocation)
			return
		}
		require.NoError(t, err)
		require.Zero(t, p.google.Grants(owner))
		require.NoError(t, p.Revoke(t.Context(), g), "one that has ended is done")
	})
}
