package sandbox

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	testClient   = "00001111-aaaa-2222-bbbb-3333cccc4444"
	testSecret   = "test-secret-app"
	testRedirect = "https://clinic.example/callback"
	testDesk     = "front.desk@patients.example"
	// The pair of RFC 7636, appendix B.
	testVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	testChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

type microsoftBundle struct {
	played   *Microsoft
	url      string
	calendar string
	access   string
}

func setupMicrosoft(t *testing.T) microsoftBundle {
	t.Helper()
	b := microsoftBundle{played: NewMicrosoft(MicrosoftApp{ClientID: testClient, ClientSecret: testSecret, Redirects: []string{testRedirect}})}
	t.Cleanup(b.played.Close)
	b.calendar = b.played.AddMailbox(testDesk, "America/Chicago", "Central Standard Time")
	server := httptest.NewServer(b.played)
	t.Cleanup(server.Close)
	b.url = server.URL
	_, answer := b.redeem(t, url.Values{"code": {b.authorize(t, nil).Get("code")}, "code_verifier": {testVerifier}})
	b.access, _ = answer["access_token"].(string)
	require.NotEmpty(t, b.access)
	return b
}

// do sends a request without following redirects and returns status, headers and JSON.
func (b microsoftBundle) do(t *testing.T, method, path, contentType, body string, headers ...string) (int, http.Header, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.url+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+b.access)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	var answer map[string]any
	_ = json.Unmarshal(raw, &answer)
	return resp.StatusCode, resp.Header, answer
}

// graph sends JSON to Graph and returns status, error code and body.
func (b microsoftBundle) graph(t *testing.T, method, path, body string, headers ...string) (int, string, map[string]any) {
	t.Helper()
	status, _, answer := b.do(t, method, "/v1.0"+path, "application/json", body, headers...)
	problem, _ := answer["error"].(map[string]any)
	code, _ := problem["code"].(string)
	return status, code, answer
}

func (b microsoftBundle) authorize(t *testing.T, change url.Values) url.Values {
	t.Helper()
	q := url.Values{"client_id": {testClient}, "redirect_uri": {testRedirect}, "response_type": {"code"}, "state": {"s"},
		"scope": {"offline_access Calendars.ReadWrite User.Read"}, "code_challenge": {testChallenge}, "code_challenge_method": {"S256"}}
	for key, values := range change {
		q[key] = values
	}
	status, header, _ := b.do(t, http.MethodGet, "/common/oauth2/v2.0/authorize?"+q.Encode(), "", "")
	if status != http.StatusFound {
		return url.Values{"status": {http.StatusText(status)}}
	}
	to, err := url.Parse(header.Get("Location"))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(to.String(), testRedirect+"?"))
	return to.Query()
}

func (b microsoftBundle) redeem(t *testing.T, change url.Values) (int, map[string]any) {
	t.Helper()
	f := url.Values{"client_id": {testClient}, "client_secret": {testSecret}, "redirect_uri": {testRedirect}, "grant_type": {"authorization_code"}}
	for key, values := range change {
		f[key] = values
	}
	status, _, answer := b.do(t, http.MethodPost, "/common/oauth2/v2.0/token", "application/x-www-form-urlencoded", f.Encode())
	return status, answer
}

func TestMicrosoftAuthorizeIsStrict(t *testing.T) {
	t.Parallel()
	b := setupMicrosoft(t)
	require.Equal(t, "Bad Request", b.authorize(t, url.Values{"redirect_uri": {"https://elsewhere.example"}}).Get("status"), "never a redirect there")
	require.Equal(t, "Bad Request", b.authorize(t, url.Values{"client_id": {"other"}}).Get("status"))
	for name, change := range map[string]url.Values{"plain": {"code_challenge_method": {"plain"}}, "none": {"code_challenge": {""}}, "scope": {"scope": {""}}} {
		require.Equal(t, "invalid_request", b.authorize(t, change).Get("error"), name)
	}
	require.Equal(t, "unsupported_response_type", b.authorize(t, url.Values{"response_type": {"token"}}).Get("error"))
	require.Equal(t, "access_denied", b.authorize(t, url.Values{"login_hint": {"nobody@patients.example"}}).Get("error"))
}

func TestMicrosoftTokensAreStrict(t *testing.T) {
	t.Parallel()
	b := setupMicrosoft(t)
	for name, change := range map[string]url.Values{
		"invalid_client":         {"client_secret": {"x"}},
		"unsupported_grant_type": {"grant_type": {"password"}},
		"invalid_grant":          {"code": {"x"}, "code_verifier": {testVerifier}},
	} {
		status, answer := b.redeem(t, change)
		require.GreaterOrEqual(t, status, 400)
		require.Equal(t, name, answer["error"])
	}
	code := b.authorize(t, nil).Get("code")
	_, answer := b.redeem(t, url.Values{"code": {code}, "code_verifier": {"wrong"}})
	require.Equal(t, "invalid_grant", answer["error"])
	_, answer = b.redeem(t, url.Values{"code": {code}, "code_verifier": {testVerifier}})
	require.Equal(t, "invalid_grant", answer["error"], "one attempt")
	_, answer = b.redeem(t, url.Values{"code": {b.authorize(t, url.Values{"scope": {"User.Read"}}).Get("code")}, "code_verifier": {testVerifier}})
	require.NotContains(t, answer, "refresh_token", "offline_access was not asked for")
	_, answer = b.redeem(t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}})
	require.Equal(t, "bad_token", answer["suberror"])
}

func TestMicrosoftGraphIsStrict(t *testing.T) {
	t.Parallel()
	b := setupMicrosoft(t)
	events := "/me/calendars/" + b.calendar + "/events"
	view := "/me/calendars/" + b.calendar + "/calendarView/delta?startDateTime=2026-05-01T00:00:00Z"
	const clock = `{"dateTime":"2026-05-04T09:00:00","timeZone":"UTC"}`
	for name, c := range map[string]struct {
		method, path, body, code string
		status                   int
	}{
		"unknown path":         {"GET", "/me/messages", "", "BadRequest", 400},
		"unknown calendar":     {"GET", "/me/calendars/x/calendarView/delta", "", "ErrorItemNotFound", 404},
		"unknown event":        {"GET", events + "/x", "", "ErrorItemNotFound", 404},
		"unknown field":        {"POST", events, `{"colour":"red"}`, "RequestBodyRead", 400},
		"no JSON":              {"POST", events, `x`, "RequestBodyRead", 400},
		"wrong type":           {"POST", events, `{"subject":1}`, "RequestBodyRead", 400},
		"no times":             {"POST", events, `{"subject":"x"}`, "ErrorInvalidRequest", 400},
		"no length":            {"POST", events, `{"start":` + clock + `,"end":` + clock + `}`, "ErrorInvalidRequest", 400},
		"unknown zone":         {"POST", events, `{"start":{"dateTime":"2026-05-04T09:00:00","timeZone":"Mars"}}`, "ErrorInvalidRequest", 400},
		"no property's name":   {"POST", events, `{"start":` + clock + `,"end":{"dateTime":"2026-05-04T10:00:00","timeZone":"UTC"},"singleValueExtendedProperties":[{"id":"x","value":"y"}]}`, "ErrorInvalidPropertySet", 400},
		"another filter":       {"GET", events + "?$filter=subject%20eq%20'x'", "", "ErrorInvalidUrlQueryFilter", 400},
		"no end of a window":   {"GET", view, "", "ErrorInvalidParameter", 400},
		"select in a delta":    {"GET", view + "&endDateTime=2026-06-01T00:00:00Z&$select=id", "", "ErrorInvalidUrlQuery", 400},
		"made-up token":        {"GET", "/me/calendars/" + b.calendar + "/calendarView/delta?$deltatoken=x", "", "SyncStateNotFound", 410},
		"no scope":             {"GET", "/me/mailboxSettings/timeZone", "", "ErrorAccessDenied", 403},
		"long subscription":    {"POST", "/subscriptions", `{"changeType":"updated","notificationUrl":"https://x.example","resource":"me/calendars/` + b.calendar + `/events","expirationDateTime":"` + time.Now().Add(4231*time.Minute).Format(time.RFC3339) + `"}`, "InvalidRequest", 400},
		"unknown subscription": {"PATCH", "/subscriptions/x", `{}`, "ResourceNotFound", 404},
	} {
		status, code, _ := b.graph(t, c.method, c.path, c.body)
		require.Equal(t, []any{c.status, c.code}, []any{status, code}, name)
	}
	b.access = "x"
	status, code, _ := b.graph(t, "GET", "/me", "")
	require.Equal(t, []any{401, "InvalidAuthenticationToken"}, []any{status, code})
}

func TestMicrosoftServesTimesInTheZoneThatIsAskedFor(t *testing.T) {
	t.Parallel()
	b := setupMicrosoft(t)
	nine := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	id, err := b.played.AddEvent(b.calendar, OutlookEvent{Start: nine, End: nine.Add(time.Hour), Zone: "America/Chicago"})
	require.NoError(t, err)
	for zone, want := range map[string]string{"": "2026-05-04T14:00:00.0000000", "Europe/Berlin": "2026-05-04T16:00:00.0000000"} {
		_, _, event := b.graph(t, "GET", "/me/calendars/"+b.calendar+"/events/"+id, "", "Prefer", `outlook.timezone="`+zone+`"`)
		require.Equal(t, want, event["start"].(map[string]any)["dateTime"])
	}
	day, err := b.played.AddEvent(b.calendar, OutlookEvent{AllDay: true, Start: nine.Add(-9 * time.Hour), End: nine.Add(15 * time.Hour), Zone: "America/Chicago"})
	require.NoError(t, err)
	_, _, event := b.graph(t, "GET", "/me/calendars/"+b.calendar+"/events/"+day, "", "Prefer", `outlook.timezone="Europe/Berlin"`)
	require.Equal(t, map[string]any{"dateTime": "2026-05-04T00:00:00.0000000", "timeZone": "Europe/Berlin"}, event["start"], "dates float")
}

func TestAMailboxHasLimits(t *testing.T) {
	t.Parallel()
	b := setupMicrosoft(t)
	hang := Failure{Delay: time.Hour}
	b.played.Fail(hang, hang, hang, hang)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	var hanging sync.WaitGroup
	for range mailboxConcurrency {
		hanging.Go(func() {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+"/v1.0/me", http.NoBody)
			if err != nil {
				return
			}
			req.Header.Set("Authorization", "Bearer "+b.access)
			if resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req); err == nil {
				resp.Body.Close()
			}
		})
	}
	underWay := func() int {
		b.played.mu.Lock()
		defer b.played.mu.Unlock()
		return b.played.boxes[0].quota.underWay
	}
	require.Eventually(t, func() bool { return underWay() == mailboxConcurrency }, 10*time.Second, time.Millisecond)
	status, header, _ := b.do(t, "GET", "/v1.0/me", "", "")
	require.Equal(t, []any{429, "1"}, []any{status, header.Get("Retry-After")}, "four at a time")
	leave()
	hanging.Wait()
	require.Eventually(t, func() bool { return underWay() == 0 }, 10*time.Second, time.Millisecond)
	status, _, _ = b.graph(t, "GET", "/me", "")
	require.Equal(t, 200, status)
	require.Equal(t, 1, b.played.Throttled(testDesk))

	b.played.mu.Lock()
	b.played.boxes[0].quota.requests = mailboxRequests
	b.played.mu.Unlock()
	var code string
	status, code, _ = b.graph(t, "GET", "/me", "")
	require.Equal(t, []any{429, "ApplicationThrottled"}, []any{status, code})
	b.played.Skew(mailboxWindow)
	status, _, _ = b.graph(t, "GET", "/me", "")
	require.Equal(t, 200, status)
}

func TestOutlookRecurrenceDates(t *testing.T) {
	t.Parallel()
	date := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		require.NoError(t, err)
		return at
	}
	for name, c := range map[string]struct {
		r    OutlookRecurrence
		want string
	}{
		"daily":            {OutlookRecurrence{Type: "daily", Interval: 2, From: date("2026-02-27"), Count: 3}, "2026-02-27 2026-03-01 2026-03-03"},
		"until":            {OutlookRecurrence{Type: "daily", From: date("2026-02-27"), Until: date("2026-02-28")}, "2026-02-27 2026-02-28"},
		"weekly":           {OutlookRecurrence{Type: "weekly", Days: []time.Weekday{1, 3}, From: date("2026-05-06"), Count: 3}, "2026-05-06 2026-05-11 2026-05-13"},
		"first day counts": {OutlookRecurrence{Type: "weekly", Interval: 2, Days: []time.Weekday{0, 2}, FirstDay: time.Monday, From: date("2026-05-05"), Count: 3}, "2026-05-05 2026-05-10 2026-05-19"},
		"or another":       {OutlookRecurrence{Type: "weekly", Interval: 2, Days: []time.Weekday{0, 2}, FirstDay: time.Sunday, From: date("2026-05-05"), Count: 3}, "2026-05-05 2026-05-17 2026-05-19"},
		"the 30th":         {OutlookRecurrence{Type: "absoluteMonthly", DayOfMonth: 30, From: date("2026-01-30"), Count: 3}, "2026-01-30 2026-02-28 2026-03-30"},
		"last Friday":      {OutlookRecurrence{Type: "relativeMonthly", Index: "last", Days: []time.Weekday{5}, From: date("2026-01-30"), Count: 2}, "2026-01-30 2026-02-27"},
		"second workday":   {OutlookRecurrence{Type: "relativeMonthly", Index: "second", Days: []time.Weekday{1, 2, 3, 4, 5}, From: date("2026-08-01"), Count: 2}, "2026-08-04 2026-09-02"},
		"yearly":           {OutlookRecurrence{Type: "absoluteYearly", DayOfMonth: 29, Month: 2, From: date("2026-01-01"), Count: 3}, "2026-02-28 2027-02-28 2028-02-29"},
		"no days":          {OutlookRecurrence{Type: "weekly", From: date("2026-01-01")}, ""},
		"no such type":     {OutlookRecurrence{Type: "relativeYearly", Month: 5, From: date("2026-01-01")}, ""},
	} {
		var got []string
		for _, at := range c.r.dates(date("2028-12-31")) {
			got = append(got, at.Format(time.DateOnly))
		}
		require.Equal(t, c.want, strings.Join(got, " "), name)
	}
}
