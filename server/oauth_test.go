package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func TestACalendarIsConnectedShownAndDisconnected(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{calendar.Google, calendar.Microsoft} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			c := setupConsenting(t)
			status := "/api/" + provider + "-oauth/status"
			before := c.ok(t, http.MethodGet, status, "")
			require.Equal(t, []any{false, false, nil, nil, false}, []any{before["connected"], before["active"], before["email"], before["connectedAt"], before["hasTokens"]})

			id := c.parked(t, provider, desk)
			require.Zero(t, c.credentials(t), "a consent connects nothing")
			question := c.ok(t, http.MethodGet, consentPath+id, "")
			require.Equal(t, []any{desk, "Lakeside Dental", provider, false, nil},
				[]any{question["email"], question["clinic"], question["provider"], question["other_connected"], question["other_email"]})
			c.ok(t, http.MethodPost, consentPath+id+"/confirm", "")
			requireRefusal(t, c.console(t, http.MethodPost, consentPath+id+"/confirm", ""), http.StatusNotFound, CodeNotFound)
			require.NoError(t, c.works(t, c.org, provider))

			for _, path := range []string{status, status + "/" + c.org.String()} {
				now := c.ok(t, http.MethodGet, path, "")
				require.Equal(t, []any{true, true, desk, true, false}, []any{now["connected"], now["active"], now["email"], now["hasTokens"], now["needsReconnect"]})
			}
			calendars := c.ok(t, http.MethodGet, "/api/calendar-accounts/"+provider+"/calendars", "")["calendars"].([]any)
			require.NotEmpty(t, calendars)
			own := calendars[0].(map[string]any)
			require.Equal(t, []any{true, true, false}, []any{own["primary"], own["writable"], own["linked"]})
			c.data.Exec(t, `insert into public.calendar_links (org_id, resource_id, provider, external_calendar_id) values ($1, $2, $3, $4)`,
				c.org, c.thing(t, "resources", c.org), provider, own["external_calendar_id"])
			calendars = c.ok(t, http.MethodGet, "/api/calendar-accounts/"+provider+"/calendars", "")["calendars"].([]any)
			require.Equal(t, true, calendars[0].(map[string]any)["linked"])
			c.ok(t, http.MethodPost, "/api/integrations/"+map[string]string{calendar.Google: "google_calendar", calendar.Microsoft: "outlook"}[provider]+"/verify", "")

			gone := c.ok(t, http.MethodPost, "/api/"+provider+"-oauth/revoke", `{"orgId": "`+c.org.String()+`"}`)
			require.Equal(t, provider == calendar.Google, gone["revoked"], gone["message"])
			require.Zero(t, c.credentials(t))
			require.Zero(t, c.number(t, "select count(*) from public.oauth_states"), "the tokens were given back, and so forgotten")
			require.Zero(t, c.google.Grants(desk))
			again := c.ok(t, http.MethodPost, "/api/"+provider+"-oauth/revoke", "")
			require.Equal(t, true, again["revoked"])
		})
	}
}

// The state of one clinic, completed in a stranger's browser: nothing is linked, whoever asks.
func TestAStrangersConsentConnectsNothing(t *testing.T) {
	t.Parallel()
	c := setupConsenting(t)
	other, intruder := c.signUp(t, "bea.quillworth@patients.example")
	page := c.begun(t, calendar.Google)
	require.NotContains(t, page, c.org.String())
	c.google.Answer(sandbox.GoogleConsent{Email: stranger})
	id := c.back(t, allow(t, page)).Get("pending")
	require.Equal(t, 1, c.number(t, "select count(*) from public.oauth_states where state = 'parked' and org_id = $1", c.org))

	// The stranger's browser knows the id, and cannot do anything with it, in their own clinic or as a colleague.
	colleague, _ := c.colleague(t, "admin")
	clerk, _ := c.colleague(t, "staff")
	for method, path := range map[string]string{http.MethodGet: consentPath + id, http.MethodPost: consentPath + id + "/confirm", http.MethodDelete: consentPath + id} {
		requireRefusal(t, c.at(t, other, intruder, method, path, ""), http.StatusNotFound, CodeNotFound)
		requireRefusal(t, colleague(method, path, ""), http.StatusNotFound, CodeNotFound)
		requireRefusal(t, clerk(method, path, ""), http.StatusForbidden, CodeForbidden)
	}
	require.Zero(t, c.credentials(t))

	// Whoever began was never told the id; if they learn it, they are shown whose calendar it is.
	var ids int
	require.NoError(t, c.data.Pool(t).QueryRow(t.Context(), "select count(*) from public.oauth_states where id = $1", id).Scan(&ids))
	require.Equal(t, 1, ids)
	require.NotContains(t, page, id)
	require.Equal(t, stranger, c.ok(t, http.MethodGet, consentPath+id, "")["email"])
	c.ok(t, http.MethodDelete, consentPath+id, "")
	requireRefusal(t, c.console(t, http.MethodPost, consentPath+id+"/confirm", ""), http.StatusNotFound, CodeNotFound)
	require.NoError(t, c.keeper.ReturnOld(t.Context()))
	require.Zero(t, c.google.Grants(stranger), "the tokens were given back")
	require.Zero(t, c.credentials(t))
}

func TestAStateWorksOnceAndForTenMinutes(t *testing.T) {
	t.Parallel()
	c := setupConsenting(t)
	c.google.Answer(sandbox.GoogleConsent{Email: desk}, sandbox.GoogleConsent{Email: desk}, sandbox.GoogleConsent{Email: desk})
	callback := allow(t, c.begun(t, calendar.Google))
	head := httptest.NewRecorder()
	c.handler.ServeHTTP(head, httptest.NewRequest(http.MethodHead, callback.RequestURI(), nil))
	require.NotEmpty(t, c.back(t, callback).Get("pending"), "a look at the link uses nothing up")
	require.Equal(t, consentUnknown, c.back(t, callback).Get("error"))
	require.Equal(t, 1, c.number(t, "select count(*) from public.oauth_states where state = 'parked'"), "what is parked stays")

	late := allow(t, c.begun(t, calendar.Google))
	c.data.Exec(t, "update public.oauth_states set expires_at = app.now() where state = 'begun'")
	require.Equal(t, consentUnknown, c.back(t, late).Get("error"))

	elsewhere := allow(t, c.begun(t, calendar.Google))
	elsewhere.Path = MicrosoftCallbackPath
	require.Equal(t, consentUnknown, c.back(t, elsewhere).Get("error"), "of another provider")
	require.Zero(t, c.credentials(t))
}

func TestWhatAConsentMayComeTo(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		play func(*consenting)
		edit func(url.Values)
		want string
	}{
		"denied": {play: func(c *consenting) { c.google.Answer(sandbox.GoogleConsent{Email: desk, Deny: true}) }, want: consentDenied},
		"not all allowed": {play: func(c *consenting) {
			c.google.Answer(sandbox.GoogleConsent{Email: desk, Untick: []string{"https://www.googleapis.com/auth/calendar"}})
		}, want: consentFailed},
		"no lasting access":      {play: func(c *consenting) { c.google.WithholdRefreshTokens(1) }, want: consentFailed},
		"provider down":          {play: func(c *consenting) { c.google.FailTokens(sandbox.Failure{Status: 503}) }, want: consentExchange},
		"exchange's answer lost": {play: func(c *consenting) { c.google.FailTokens(sandbox.Failure{Status: 502, Acts: true}) }, want: consentExchange},
		"another error":          {edit: func(q url.Values) { q.Del("code"); q.Set("error", "<script>zanzibar-lilac</script>") }, want: consentFailed},
		"no state":               {edit: func(q url.Values) { q.Del("state") }, want: consentMissing},
		"no code":                {edit: func(q url.Values) { q.Del("code") }, want: consentMissing},
		"an invented state":      {edit: func(q url.Values) { q.Set("state", strings.Repeat("A", 43)) }, want: consentUnknown},
		"a state that is none":   {edit: func(q url.Values) { q.Set("state", "zanzibar-lilac\r\nLocation: https://zanzibar-lilac.example") }, want: consentUnknown},
		"an invented code":       {edit: func(q url.Values) { q.Set("code", "zanzibar-lilac") }, want: consentExchange},
		"an endless code":        {edit: func(q url.Values) { q.Set("code", strings.Repeat("zanzibar-lilac", 1000)) }, want: consentFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := setupConsenting(t)
			if tc.play != nil {
				tc.play(c)
			}
			c.google.Answer(sandbox.GoogleConsent{Email: desk})
			callback := allow(t, c.begun(t, calendar.Google))
			query := callback.Query()
			if tc.edit != nil {
				tc.edit(query)
			}
			callback.RawQuery = query.Encode()
			got := c.back(t, callback)
			require.Equal(t, tc.want, got.Get("error"), got)
			require.NotEmpty(t, got.Get("details"))
			require.NotContains(t, got.Encode(), "zanzibar", "nothing that came in goes out")
			require.Empty(t, got.Get("pending"))
			require.Zero(t, c.number(t, "select count(*) from public.oauth_states where state = 'parked'"))
			if name != "exchange's answer lost" { // nobody has those tokens
				require.Zero(t, c.google.Grants(desk), "tokens that are of no use are given back")
			}
		})
	}
}

// A clock that differs from the provider's by minutes: what was given is refreshed, not lost.
func TestAConsentOutlivesSkewedClocks(t *testing.T) {
	t.Parallel()
	c := setupConsenting(t)
	for _, skew := range []time.Duration{-8 * time.Minute, 8 * time.Minute} {
		c.microsoft.Skew(skew)
		c.connected(t, calendar.Microsoft)
		require.NoError(t, c.works(t, c.org, calendar.Microsoft), skew)
	}
}

func TestWithoutADashboardAPageSaysWhatToDo(t *testing.T) {
	t.Parallel()
	c := setupConsentingAt(t, "")
	c.google.Answer(sandbox.GoogleConsent{Email: desk}, sandbox.GoogleConsent{Email: desk, Deny: true})
	w := c.visit(t, allow(t, c.begun(t, calendar.Google)))
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), "Nothing is connected yet")
	require.NotContains(t, w.Body.String(), desk)
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
	w = c.visit(t, allow(t, c.begun(t, calendar.Google)))
	require.Equal(t, http.StatusBadRequest, w.Code)
	require.Contains(t, w.Body.String(), "was not allowed")
	require.NotContains(t, w.Body.String(), "access_denied")
}

func TestConnectingIsForOwnersAndAdminsOfTheOwnClinic(t *testing.T) {
	t.Parallel()
	c := setupConsenting(t)
	other, _ := c.signUp(t, "bea.quillworth@patients.example")
	clerk, _ := c.colleague(t, "staff")
	for _, path := range []string{"/api/google-oauth/authorize", "/api/microsoft-oauth/authorize", "/api/auth/google-calendar/authorize", "/api/calendar/auth/url"} {
		requireRefusal(t, clerk(http.MethodGet, path, ""), http.StatusForbidden, CodeForbidden)
		requireRefusal(t, c.console(t, http.MethodGet, path+"?org_id="+other.String(), ""), http.StatusNotFound, CodeNotFound)
		require.NotEmpty(t, c.ok(t, http.MethodGet, path+"?org_id="+c.org.String(), "")["url"])
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path+"?org_id="+c.org.String(), nil))
		requireRefusal(t, w, http.StatusUnauthorized, CodeUnauthenticated)
	}
	c.connected(t, calendar.Google)
	for _, path := range []string{"/api/google-oauth/status/", "/api/microsoft-oauth/status/", "/api/calendar/status/"} {
		requireRefusal(t, c.console(t, http.MethodGet, path+other.String(), ""), http.StatusNotFound, CodeNotFound)
		requireRefusal(t, c.console(t, http.MethodGet, path+uuid.NewString(), ""), http.StatusNotFound, CodeNotFound)
	}
	requireRefusal(t, c.console(t, http.MethodPost, "/api/google-oauth/revoke", `{"orgId": "`+other.String()+`"}`), http.StatusNotFound, CodeNotFound)
	requireRefusal(t, clerk(http.MethodPost, "/api/google-oauth/revoke", ""), http.StatusForbidden, CodeForbidden)
	requireRefusal(t, clerk(http.MethodGet, "/api/calendar-accounts/google/calendars", ""), http.StatusForbidden, CodeForbidden)
	require.Equal(t, 1, c.credentials(t))
	require.Equal(t, true, c.ok(t, http.MethodGet, "/api/calendar/status/"+c.org.String(), "")["connected"])
	require.Equal(t, true, c.ok(t, http.MethodPost, "/api/calendar/disconnect/"+c.org.String(), "")["revoked"])
	require.Zero(t, c.credentials(t))
}

// Revoking at Google ends every grant of the person, so it waits for the last clinic.
func TestOneOfTwoClinicsLeavesAnAccount(t *testing.T) {
	t.Parallel()
	c := setupConsenting(t)
	c.connected(t, calendar.Google)
	first, owner := c.org, c.user
	c.org, c.user = c.signUp(t, "bea.quillworth@patients.example")
	c.connected(t, calendar.Google)
	gone := c.ok(t, http.MethodPost, "/api/google-oauth/revoke", "")
	require.Equal(t, false, gone["revoked"], gone["message"])
	require.NoError(t, c.works(t, first, calendar.Google), "the other clinic's calendar works on")
	require.Equal(t, 1, c.number(t, "select count(*) from public.oauth_states"), "both may be leaving at once, so it is looked at again")
	c.data.Exec(t, "update public.oauth_states set lease_until = app.now()")
	require.NoError(t, c.keeper.ReturnOld(t.Context()))
	require.Zero(t, c.number(t, "select count(*) from public.oauth_states"))
	require.NoError(t, c.works(t, first, calendar.Google))
	c.org, c.user = first, owner
	require.Equal(t, true, c.ok(t, http.MethodDelete, "/api/calendar/disconnect/"+c.org.String(), "")["revoked"])
	require.Zero(t, c.google.Grants(desk))
}

// A provider that is down does not keep a clinic connected, and its tokens are not lost.
func TestADisconnectionGivesBackLater(t *testing.T) {
	t.Parallel()
	c := setupConsenting(t)
	c.connected(t, calendar.Google)
	c.google.FailTokens(sandbox.Failure{Status: 503})
	gone := c.ok(t, http.MethodPost, "/api/google-oauth/revoke", "")
	require.Equal(t, []any{true, false}, []any{gone["success"], gone["revoked"]})
	require.Contains(t, gone["message"], "go on trying")
	require.Zero(t, c.credentials(t))
	require.Equal(t, 1, c.google.Grants(desk), "control: it could not be given back")
	require.NoError(t, c.keeper.ReturnOld(t.Context()))
	require.Equal(t, 1, c.google.Grants(desk), "leased to whoever disconnected")
	c.data.Exec(t, "update public.oauth_states set lease_until = app.now()")
	require.NoError(t, c.keeper.ReturnOld(t.Context()))
	require.Zero(t, c.google.Grants(desk))
	require.Zero(t, c.number(t, "select count(*) from public.oauth_states"))
}

func TestAnotherAccountDoesNotTakeTheConnectedOnesPlace(t *testing.T) {
	t.Parallel()
	c := setupConsenting(t)
	c.connected(t, calendar.Google)
	require.Contains(t, c.begun(t, calendar.Google), "login_hint="+url.QueryEscape(desk), "the connected account is offered")
	id := c.parked(t, calendar.Google, stranger)
	question := c.ok(t, http.MethodGet, consentPath+id, "")
	require.Equal(t, []any{stranger, true, desk}, []any{question["email"], question["other_connected"], question["other_email"]})
	requireRefusal(t, c.console(t, http.MethodPost, consentPath+id+"/confirm", ""), http.StatusConflict, CodeConflict)
	c.ok(t, http.MethodPost, "/api/google-oauth/revoke", "")
	c.ok(t, http.MethodPost, consentPath+id+"/confirm", "")
	require.Equal(t, stranger, c.ok(t, http.MethodGet, "/api/google-oauth/status", "")["email"])
}

func TestAWithdrawnGrantIsAProblemUntilConnectedAgain(t *testing.T) {
	t.Parallel()
	c := setupConsenting(t)
	c.connected(t, calendar.Google)
	c.google.RemoveAccess(desk)
	said := []any{
		requireRefusal(t, c.console(t, http.MethodPost, "/api/integrations/google_calendar/verify", ""), http.StatusBadRequest, CodeBadRequest).Error,
		requireRefusal(t, c.console(t, http.MethodGet, "/api/calendar-accounts/google/calendars", ""), http.StatusConflict, CodeConflict).Error,
		*calendarAdvice(optional("grant_revoked")),
	}
	status := c.ok(t, http.MethodGet, "/api/google-oauth/status", "")
	require.Equal(t, []any{false, true, true}, []any{status["connected"], status["needsReconnect"], status["hasTokens"]}, "no pretending")
	account := c.ok(t, http.MethodGet, "/api/calendar-accounts", "")["accounts"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"google", true, true, desk}, []any{account["provider"], account["connected"], account["needs_reconnect"], account["email"]})
	require.NotNil(t, account["needs_reconnect_since"])
	shown := c.ok(t, http.MethodGet, "/api/integrations/status", "")["data"].(map[string]any)["googleCalendar"].(map[string]any)
	require.Equal(t, false, shown["connected"])
	for _, sentence := range append(said, account["problem"], shown["problem"]) {
		require.Equal(t, sentenceWithdrawn, sentence, "the same everywhere")
	}

	c.connected(t, calendar.Google)
	require.Equal(t, true, c.ok(t, http.MethodGet, "/api/google-oauth/status", "")["connected"])
	c.ok(t, http.MethodPost, "/api/integrations/google_calendar/verify", "")
	requireRefusal(t, c.console(t, http.MethodPost, "/api/integrations/outlook/verify", ""), http.StatusNotFound, CodeNotFound)

	c.google.Fail(sandbox.Failure{Status: 503}, sandbox.Failure{Status: 503})
	requireRefusal(t, c.console(t, http.MethodGet, "/api/calendar-accounts/google/calendars", ""), http.StatusServiceUnavailable, CodeBusy)
	requireRefusal(t, c.console(t, http.MethodPost, "/api/integrations/google_calendar/verify", ""), http.StatusServiceUnavailable, CodeBusy)
	require.Equal(t, true, c.ok(t, http.MethodGet, "/api/google-oauth/status", "")["connected"], "what is known stays")
}

func TestAServerWithoutAppsSaysWhatOperatorsMustSet(t *testing.T) {
	t.Parallel()
	c := found(t)
	refused := requireRefusal(t, c.console(t, http.MethodGet, "/api/google-oauth/authorize", ""), http.StatusBadRequest, CodeNotConfigured)
	require.Contains(t, refused.Error, "GOOGLE_CLIENT_ID")
	refused = requireRefusal(t, c.console(t, http.MethodGet, "/api/microsoft-oauth/authorize", ""), http.StatusBadRequest, CodeNotConfigured)
	require.Contains(t, refused.Error, "MICROSOFT_CLIENT_SECRET")
	requireRefusal(t, c.console(t, http.MethodGet, "/api/calendar-accounts/google/calendars", ""), http.StatusBadRequest, CodeNotConfigured)
	require.Equal(t, false, c.ok(t, http.MethodGet, "/api/google-oauth/status", "")["connected"])
}

// Neither code nor state nor tokens nor addresses are in logs or metrics, and none of them is stored in the clear.
func TestAConsentLeavesNoTraces(t *testing.T) {
	t.Parallel()
	c := setupConsenting(t)
	c.google.Answer(sandbox.GoogleConsent{Email: desk}, sandbox.GoogleConsent{Email: desk})
	page := c.begun(t, calendar.Google)
	asked, err := url.Parse(page)
	require.NoError(t, err)
	callback := allow(t, page)
	id := c.back(t, callback).Get("pending")
	c.back(t, callback) // refused
	failing := allow(t, c.begun(t, calendar.Google))
	c.google.FailTokens(sandbox.Failure{Status: 503})
	c.back(t, failing)
	c.ok(t, http.MethodPost, consentPath+id+"/confirm", "")
	c.google.FailTokens(sandbox.Failure{Status: 503})
	c.ok(t, http.MethodPost, "/api/google-oauth/revoke", "")

	var grant struct{ Ciphertext, StateHash []byte }
	require.NoError(t, c.data.Pool(t).QueryRow(t.Context(), "select ciphertext, state_hash from public.oauth_states where state = 'refused'").Scan(&grant.Ciphertext, &grant.StateHash))
	require.NotContains(t, string(grant.Ciphertext), "ya29")
	w := c.console(t, http.MethodGet, "/metrics", "")
	said := c.log.String() + w.Body.String()
	for what, secret := range map[string]string{
		"state": asked.Query().Get("state"), "code": callback.Query().Get("code"), "second state": failing.Query().Get("state"),
		"second code": failing.Query().Get("code"), "address": desk, "client's secret": oauthSecret,
	} {
		require.NotEmpty(t, secret, what)
		require.NotContains(t, said, secret, what)
		require.NotContains(t, said, url.QueryEscape(secret), what)
	}
	require.NotEmpty(t, c.log.lines(t, "a consent came to nothing"), "control: something is logged")
	routed := 0
	for _, line := range c.log.lines(t, "request") {
		if line["route"] == "GET "+GoogleCallbackPath {
			routed++
		}
	}
	require.Equal(t, 3, routed, "control: and so are the callbacks")
	text, err := json.Marshal(c.ok(t, http.MethodGet, "/api/audit-log", ""))
	require.NoError(t, err)
	require.Contains(t, string(text), "calendar_connected")
	require.NotContains(t, string(text), desk)
}
