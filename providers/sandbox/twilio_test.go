package sandbox

import (
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
	testSID    = "AC00000000000000000000000000000001"
	testToken  = "test-secret-twilio-token"
	testOurs   = "+13125550100"
	testTheirs = "+13125550123"
)

type twilioBundle struct {
	played *Twilio
	url    string
	hooks  *hooks
}

// hooks is a clinic's server that keeps what it is told, when the signature is right.
type hooks struct {
	mu    sync.Mutex
	url   string
	forms []url.Values
}

func (h *hooks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() != nil || r.Header.Get("X-Twilio-Signature") != TwilioSignature(testToken, h.url+r.URL.String(), r.PostForm) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.forms = append(h.forms, r.PostForm)
}

func (h *hooks) got(field string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var values []string
	for _, form := range h.forms {
		values = append(values, form.Get(field))
	}
	return values
}

func setupTwilio(t *testing.T) twilioBundle {
	t.Helper()
	played, told := NewTwilio(), &hooks{}
	server, clinic := httptest.NewServer(played), httptest.NewServer(told)
	t.Cleanup(server.Close)
	t.Cleanup(clinic.Close)
	t.Cleanup(played.Close)
	told.url = clinic.URL
	played.AddAccount(testSID, testToken, testOurs)
	return twilioBundle{played: played, url: server.URL + "/2010-04-01/Accounts/" + testSID, hooks: told}
}

// ask sends a request with the account's credentials and returns status and body.
func (b twilioBundle) ask(t *testing.T, method, path, contentType, body string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.url+path, strings.NewReader(body))
	require.NoError(t, err)
	req.SetBasicAuth(testSID, testToken)
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	answer := map[string]any{}
	require.NoError(t, json.Unmarshal(raw, &answer), string(raw))
	return resp.StatusCode, answer
}

func (b twilioBundle) text(t *testing.T, fields ...string) (int, map[string]any) {
	t.Helper()
	form := url.Values{"From": {testOurs}, "To": {testTheirs}, "Body": {"Hello"}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.ask(t, http.MethodPost, "/Messages.json", "application/x-www-form-urlencoded", form.Encode())
}

func TestTwilioIsAsStrictAsTheRealOne(t *testing.T) {
	t.Parallel()
	b := setupTwilio(t)
	for name, c := range map[string]struct {
		fields []string
		code   float64
	}{
		"no recipient":   {[]string{"To", ""}, 21604},
		"bad recipient":  {[]string{"To", "3125550123"}, 21211},
		"no sender":      {[]string{"From", ""}, 21603},
		"bad sender":     {[]string{"From", "x"}, 21212},
		"foreign sender": {[]string{"From", "+13125550199"}, 21606},
		"no body":        {[]string{"Body", " "}, 21602},
		"long body":      {[]string{"Body", strings.Repeat("é", 1601)}, 21617},
		"bad callback":   {[]string{"StatusCallback", "https://a_b.example/x"}, 21609},
		"empty callback": {[]string{"StatusCallback", ""}, 21609},
	} {
		status, answer := b.text(t, c.fields...)
		require.Equal(t, 400, status, name)
		require.Equal(t, c.code, answer["code"], name)
	}
	status, _ := b.ask(t, http.MethodPost, "/Messages.json", "application/json", `{"To":"`+testTheirs+`"}`)
	require.Equal(t, 400, status, "JSON is not read")
	status, _ = b.ask(t, http.MethodPost, "/Messages", "application/x-www-form-urlencoded", "To=x")
	require.Equal(t, 404, status)
	require.Empty(t, b.played.Texts())

	status, answer := b.text(t, "Body", strings.Repeat("é", 1600))
	require.Equal(t, 201, status)
	require.Regexp(t, `^SM[0-9a-f]{32}$`, answer["sid"])
	require.Equal(t, "queued", answer["status"])
	require.Nil(t, answer["error_code"])
	require.Nil(t, answer["date_sent"])
	_, err := time.Parse(time.RFC1123Z, answer["date_created"].(string))
	require.NoError(t, err)
	require.Equal(t, "11", answer["num_segments"])
}

func TestTwilioKnowsItsAccounts(t *testing.T) {
	t.Parallel()
	b := setupTwilio(t)
	for _, login := range [][2]string{{"", ""}, {testSID, "test-secret-other"}, {"AC2", testToken}} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+".json", http.NoBody)
		require.NoError(t, err)
		if login[0] != "" {
			req.SetBasicAuth(login[0], login[1])
		}
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 401, resp.StatusCode)
	}
	status, answer := b.ask(t, http.MethodGet, ".json", "", "")
	require.Equal(t, 200, status)
	require.Equal(t, "active", answer["status"])
}

func TestTwilioListsWhatWasSent(t *testing.T) {
	t.Parallel()
	b := setupTwilio(t)
	var ids []any
	for range 3 {
		_, answer := b.text(t)
		ids = append(ids, answer["sid"])
	}
	_, page := b.ask(t, http.MethodGet, "/Messages.json?PageSize=2&To="+url.QueryEscape(testTheirs), "", "")
	messages := page["messages"].([]any)
	require.Len(t, messages, 2)
	require.Equal(t, ids[2], messages[0].(map[string]any)["sid"], "newest first")
	next := page["next_page_uri"].(string)
	_, page = b.ask(t, http.MethodGet, strings.TrimPrefix(next, "/2010-04-01/Accounts/"+testSID), "", "")
	require.Len(t, page["messages"], 1)
	require.Nil(t, page["next_page_uri"])

	day := time.Now().UTC().Format(time.DateOnly)
	_, page = b.ask(t, http.MethodGet, "/Messages.json?DateSent%3E="+day, "", "")
	require.Empty(t, page["messages"], "what waits in the queue has no date yet")
	status, _ := b.ask(t, http.MethodGet, "/Messages.json?DateSent%3E=yesterday", "", "")
	require.Equal(t, 400, status)
}

func TestTwilioReportsAreSignedAndMayComeLateOrTwice(t *testing.T) {
	t.Parallel()
	b := setupTwilio(t)
	_, answer := b.text(t, "StatusCallback", b.hooks.url+"/status?m=1&x=a%20b")
	sid := answer["sid"].(string)
	require.NoError(t, b.played.Report(t.Context(), sid, "undelivered", 30005))
	require.NoError(t, b.played.Report(t.Context(), sid, "sent", 0))
	_, err := b.played.Again(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"undelivered", "sent", "sent"}, b.hooks.got("MessageStatus"))
	require.Equal(t, []string{"30005", "", ""}, b.hooks.got("ErrorCode"))
	require.Equal(t, "undelivered", b.played.Texts()[0].Status, "a late report changes nothing")
	require.Equal(t, 30005, b.played.Texts()[0].ErrorCode)

	require.Error(t, b.played.Report(t.Context(), "SM1", "sent", 0))
	_, answer = b.text(t)
	require.Error(t, b.played.Report(t.Context(), answer["sid"].(string), "sent", 0), "it has no callback")

	b.played.AddAccount(testSID, "test-secret-other", testOurs)
	var refused *WebhookError
	require.ErrorAs(t, b.played.Report(t.Context(), sid, "delivered", 0), &refused)
	require.Equal(t, 403, refused.Status, "signed with another token")
}

func TestTwilioDeliversByItself(t *testing.T) {
	t.Parallel()
	b := setupTwilio(t)
	b.played.Deliver(true)
	b.text(t, "StatusCallback", b.hooks.url+"/status")
	require.Eventually(t, func() bool { return len(b.hooks.got("MessageStatus")) == 2 }, 5*time.Second, 5*time.Millisecond)
	require.Equal(t, []string{"sent", "delivered"}, b.hooks.got("MessageStatus"))
	b.played.Close()
	b.played.Close()
}

func TestTwilioPlaysTheCarriersWords(t *testing.T) {
	t.Parallel()
	b := setupTwilio(t)
	say := func(body string) {
		_, err := b.played.Receive(t.Context(), b.hooks.url+"/inbound", testTheirs, testOurs, body)
		require.NoError(t, err)
	}
	say("Yes")
	require.Empty(t, b.played.CarrierReplies(), "YES is a word only after STOP")
	for _, word := range []string{"stop ", "Cancel"} {
		say(word)
		require.True(t, b.played.OptedOut(testOurs, testTheirs))
	}
	require.Len(t, b.played.CarrierReplies(), 1, "told once")
	status, answer := b.text(t)
	require.Equal(t, 400, status)
	require.Equal(t, float64(21610), answer["code"])
	b.played.AdvancedOptOut(true)
	say("YES")
	say("help")
	say("Stop please")
	require.False(t, b.played.OptedOut(testOurs, testTheirs), "a sentence is no word")
	require.Len(t, b.played.CarrierReplies(), 3)
	require.Equal(t, []string{"", "", "", "START", "HELP", ""}, b.hooks.got("OptOutType"))
	require.Equal(t, "stop ", b.hooks.got("Body")[1])
	_, err := b.played.Receive(t.Context(), b.hooks.url, testTheirs, "+13125550199", "x")
	require.Error(t, err, "nobody owns that number")
}

func TestTwilioActsBeforeItFails(t *testing.T) {
	t.Parallel()
	b := setupTwilio(t)
	b.played.Fail(Failure{Status: 500}, Failure{Status: 500, Acts: true}, Failure{Status: 429, RetryAfter: time.Minute})
	for i, want := range []int{0, 1, 1} {
		status, _ := b.text(t)
		require.GreaterOrEqual(t, status, 429)
		require.Len(t, b.played.Texts(), want, i)
	}
	require.Equal(t, 3, b.played.Requests())
}

func TestSegments(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		"x": 1, strings.Repeat("x", 160): 1, strings.Repeat("x", 161): 2, strings.Repeat("€", 80): 1, strings.Repeat("€", 81): 2,
		strings.Repeat("ш", 70): 1, strings.Repeat("ш", 71): 2, strings.Repeat("😀", 35): 1, strings.Repeat("😀", 36): 2,
		strings.Repeat("x", 306): 2, strings.Repeat("x", 307): 3,
	} {
		require.Equal(t, want, segments(body), body)
	}
}
