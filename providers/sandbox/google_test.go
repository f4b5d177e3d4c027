package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	googleClient   = "client.apps.googleusercontent.com"
	googleSecret   = "test-secret-google-client"
	googleRedirect = "https://clinic.example/callback"
	googleOwner    = "dr.quill@patients.example"
)

type googleBundle struct {
	played *sandbox.Google
	url    string
	client *http.Client
	token  string
}

func setupGoogle(t *testing.T) *googleBundle {
	t.Helper()
	b := &googleBundle{played: sandbox.NewGoogle(googleClient, googleSecret, googleRedirect)}
	t.Cleanup(b.played.Close)
	b.played.AddPerson(googleOwner, "America/New_York")
	server := httptest.NewServer(b.played)
	t.Cleanup(server.Close)
	b.url = server.URL
	b.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return b
}

// ask sends a request and returns the status, where it leads, and the body.
func (b *googleBundle) ask(t *testing.T, method, path, contentType, body string) (int, url.Values, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.url+path, strings.NewReader(body))
	require.NoError(t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if b.token != "" {
		req.Header.Set("Authorization", "Bearer "+b.token)
	}
	resp, err := b.client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	location, err := url.Parse(resp.Header.Get("Location"))
	require.NoError(t, err)
	var answer map[string]any
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&answer))
	}
	return resp.StatusCode, location.Query(), answer
}

func consentQuery() url.Values {
	return url.Values{"client_id": {googleClient}, "redirect_uri": {googleRedirect}, "response_type": {"code"}, "state": {"s"},
		"scope": {"openid https://www.googleapis.com/auth/calendar"}, "access_type": {"offline"}}
}

func (b *googleBundle) consent(t *testing.T, q url.Values) (int, url.Values) {
	t.Helper()
	status, back, _ := b.ask(t, http.MethodGet, "/o/oauth2/v2/auth?"+q.Encode(), "", "")
	return status, back
}

func (b *googleBundle) exchange(t *testing.T, form url.Values) (int, map[string]any) {
	t.Helper()
	all := url.Values{"grant_type": {"authorization_code"}, "client_id": {googleClient}, "client_secret": {googleSecret}, "redirect_uri": {googleRedirect}}
	for name, values := range form {
		all[name] = values
	}
	status, _, answer := b.ask(t, http.MethodPost, "/token", "application/x-www-form-urlencoded", all.Encode())
	return status, answer
}

func TestGoogleConsentHoldsToItsContract(t *testing.T) {
	t.Parallel()
	b := setupGoogle(t)
	for name, c := range map[string]struct {
		key, value string
		status     int
	}{
		"client": {"client_id", "other", 401}, "redirect": {"redirect_uri", googleRedirect + "/", 400}, "type": {"response_type", "token", 400},
		"scope": {"scope", "", 400}, "nobody": {"login_hint", "nobody@patients.example", 400}, "challenge": {"code_challenge", "plain", 400},
		"good": {"state", "t", 302},
	} {
		q := consentQuery()
		q.Set(c.key, c.value)
		status, back := b.consent(t, q)
		require.Equal(t, c.status, status, name)
		require.Equal(t, c.status == 302, back.Has("code"), name)
	}
}

func TestGoogleEnforcesPKCE(t *testing.T) {
	t.Parallel()
	b := setupGoogle(t)
	q := consentQuery()
	// The pair of RFC 7636, appendix B.
	q.Set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
	q.Set("code_challenge_method", "S256")
	for verifier, want := range map[string]int{"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk": 200, "": 400, "another": 400} {
		_, back := b.consent(t, q)
		status, answer := b.exchange(t, url.Values{"code": {back.Get("code")}, "code_verifier": {verifier}})
		require.Equal(t, want, status, verifier)
		if want != 200 {
			require.Equal(t, "invalid_grant", answer["error"])
		}
		status, _ = b.exchange(t, url.Values{"code": {back.Get("code")}, "code_verifier": {"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}})
		require.Equal(t, 400, status, "an attempt uses the code up")
	}
}

func TestGoogleTellsOnlyTheFieldsAskedFor(t *testing.T) {
	t.Parallel()
	b := setupGoogle(t)
	b.signIn(t)
	at := time.Date(2026, 5, 4, 15, 0, 0, 0, time.UTC)
	b.played.Add(googleOwner, sandbox.GoogleEvent{ID: "event1", Summary: "zanzibar-lilac", Start: sandbox.At(at, ""), End: sandbox.At(at.Add(time.Hour), ""), Response: "accepted"})
	status, _, answer := b.ask(t, http.MethodGet, "/calendar/v3/calendars/primary/events?fields="+url.QueryEscape("items(id,start/timeZone,attendees(self))"), "", "")
	require.Equal(t, 200, status)
	require.Equal(t, map[string]any{"items": []any{map[string]any{"id": "event1", "start": map[string]any{"timeZone": "America/New_York"},
		"attendees": []any{map[string]any{"self": true}}}}}, answer)
}

// signIn gets an access token.
func (b *googleBundle) signIn(t *testing.T) {
	t.Helper()
	_, back := b.consent(t, consentQuery())
	status, answer := b.exchange(t, url.Values{"code": {back.Get("code")}})
	require.Equal(t, 200, status)
	b.token, _ = answer["access_token"].(string)
}

func TestGoogleRefusesWhatASyncTokenForbids(t *testing.T) {
	t.Parallel()
	b := setupGoogle(t)
	b.signIn(t)
	events := "/calendar/v3/calendars/primary/events?"
	_, _, answer := b.ask(t, http.MethodGet, events+"singleEvents=true", "", "")
	token, _ := answer["nextSyncToken"].(string)
	require.NotEmpty(t, token)
	for more, want := range map[string]int{"": 200, "&timeMin=2026-01-01T00:00:00Z": 400, "&timeMax=2026-01-01T00:00:00Z": 400, "&q=x": 400,
		"&orderBy=updated": 400, "&iCalUID=x": 400, "&updatedMin=2026-01-01T00:00:00Z": 400, "&showDeleted=false": 400, "&showDeleted=true": 200,
		"&privateExtendedProperty=a%3Db": 400} {
		status, _, _ := b.ask(t, http.MethodGet, events+"singleEvents=true&syncToken="+token+more, "", "")
		require.Equal(t, want, status, more)
	}
	status, _, _ := b.ask(t, http.MethodGet, events+"singleEvents=false&syncToken="+token, "", "")
	require.Equal(t, 400, status, "the parameters must be the first listing's")
}

func TestGoogleRefusesEventsThatAreNone(t *testing.T) {
	t.Parallel()
	b := setupGoogle(t)
	b.signIn(t)
	times := `"start":{"dateTime":"2026-05-04T15:00:00Z"},"end":{"dateTime":"2026-05-04T16:00:00Z"}`
	for name, c := range map[string]struct {
		body   string
		status int
		reason string
	}{
		"its id again":    {`{"id":"abcde",` + times + `}`, 409, "duplicate"},
		"letters":         {`{"id":"vx000",` + times + `}`, 400, "invalid"},
		"too short":       {`{"id":"abcd",` + times + `}`, 400, "invalid"},
		"no end":          {`{"start":{"date":"2026-05-04"}}`, 400, "required"},
		"backwards":       {`{"start":{"dateTime":"2026-05-04T15:00:00Z"},"end":{"dateTime":"2026-05-04T14:00:00Z"}}`, 400, "timeRangeEmpty"},
		"no days":         {`{"start":{"date":"2026-05-04"},"end":{"date":"2026-05-04"}}`, 400, "timeRangeEmpty"},
		"no offset":       {`{"start":{"dateTime":"2026-05-04T15:00:00"},"end":{"dateTime":"2026-05-04T16:00:00Z"}}`, 400, "invalid"},
		"recurs nowhere":  {`{"recurrence":["RRULE:FREQ=DAILY"],` + times + `}`, 400, "required"},
		"a zone will do":  {`{"start":{"dateTime":"2026-05-04T15:00:00","timeZone":"Europe/London"},"end":{"dateTime":"2026-05-04T15:00:00Z"}}`, 200, ""},
		"no JSON at all":  {`x`, 400, "parseError"},
		"unknown meaning": {`{"status":"perhaps",` + times + `}`, 400, "invalid"},
	} {
		if name == "its id again" {
			b.played.Add(googleOwner, sandbox.GoogleEvent{ID: "abcde", Status: "cancelled"})
		}
		status, _, answer := b.ask(t, http.MethodPost, "/calendar/v3/calendars/primary/events", "application/json", c.body)
		require.Equal(t, c.status, status, name)
		if c.status != 200 {
			first := answer["error"].(map[string]any)["errors"].([]any)[0].(map[string]any)
			require.Equal(t, c.reason, first["reason"], name)
		}
	}
	status, _, _ := b.ask(t, http.MethodPost, "/calendar/v3/calendars/primary/events", "application/json", `{"id":"fghij",`+times+`}`)
	require.Equal(t, 200, status)
}
