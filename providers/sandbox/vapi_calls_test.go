package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	callingNumber = "+13125550190"
	calledNumber  = "+13125550111"
)

// callBundle is a played Vapi with an assistant and a number, and a server that hears its webhooks.
type callBundle struct {
	*Vapi
	url               string
	assistant, number string
	mu                sync.Mutex
	heard             []heard
}

// heard is a webhook that came.
type heard struct {
	what   string // type, status and reason
	secret string
	body   []byte
}

func callSetup(t *testing.T) *callBundle {
	t.Helper()
	b := &callBundle{Vapi: NewVapi("test-secret-key")}
	hooks := httptest.NewServer(b)
	rest := httptest.NewServer(b.Vapi)
	t.Cleanup(rest.Close)
	t.Cleanup(hooks.Close)
	t.Cleanup(b.Close)
	b.url = rest.URL
	var err error
	b.assistant, err = b.AddAssistant(json.RawMessage(`{"name":"Front desk","serverMessages":["status-update","end-of-call-report"],
		"server":{"url":"` + hooks.URL + `/hook","headers":{"X-Vapi-Secret":"test-secret-hook"}}}`))
	require.NoError(t, err)
	b.number, err = b.AddPhoneNumber(json.RawMessage(`{"number":"` + callingNumber + `"}`))
	require.NoError(t, err)
	return b
}

func (b *callBundle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var m struct {
		Message struct{ Type, Status, EndedReason string }
	}
	_ = json.Unmarshal(body, &m)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = append(b.heard, heard{
		what:   strings.Join(strings.Fields(m.Message.Type+" "+m.Message.Status+" "+m.Message.EndedReason), " "),
		secret: r.Header.Get("X-Vapi-Secret"), body: body})
	_, _ = w.Write([]byte("{}"))
}

// all returns what was heard so far.
func (b *callBundle) all() (whats []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.heard {
		whats = append(whats, h.what)
	}
	return whats
}

// ask makes a request and returns its answer.
func (b *callBundle) ask(t *testing.T, method, path string, body any) (int, vapiObject) {
	t.Helper()
	written, err := json.Marshal(body)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), method, b.url+path, bytes.NewReader(written))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer test-secret-key")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	var o vapiObject
	if json.Unmarshal(read, &o) != nil {
		o = vapiObject{"list": read}
	}
	return resp.StatusCode, o
}

// order is a good body of POST /call, with some fields replaced or, for nil, taken out.
func (b *callBundle) order(changes map[string]any) map[string]any {
	body := map[string]any{
		"name": "a0000000-0000-7000-8000-0000000000c1", "assistantId": b.assistant, "phoneNumberId": b.number,
		"customer": map[string]any{"number": calledNumber},
		"assistantOverrides": map[string]any{"variableValues": map[string]any{"clinicName": "Lakeside"},
			"metadata": map[string]any{"outboundCallId": "c1"}, "voicemailMessage": "Please call Lakeside."},
	}
	for key, value := range changes {
		body[key] = value
		if value == nil {
			delete(body, key)
		}
	}
	return body
}

// place places a good call and returns its id.
func (b *callBundle) place(t *testing.T, changes map[string]any) string {
	t.Helper()
	status, call := b.ask(t, "POST", "/call", b.order(changes))
	require.Equal(t, http.StatusCreated, status, call)
	return call.text("id")
}

func (b *callBundle) waitFor(t *testing.T, what string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(fmt.Sprint(b.all()), what) }, 10*time.Second, time.Millisecond, what)
}

func TestAnOutboundCallLivesAsItsCalleeWants(t *testing.T) {
	t.Parallel()
	began := []string{"status-update queued", "status-update ringing"}
	for name, c := range map[string]struct {
		callee Callee
		heard  []string // after the beginning
		said   string   // in the call's transcript; empty for one that nobody took
	}{
		"answers": {Callee{}, []string{"status-update in-progress", "status-update ended assistant-ended-call",
			"end-of-call-report assistant-ended-call"}, "AI: Hello"},
		"busy":      {Callee{Ending: Busy}, []string{"status-update ended customer-busy", "end-of-call-report customer-busy"}, ""},
		"no answer": {Callee{Ending: NoAnswer}, []string{"status-update ended customer-did-not-answer", "end-of-call-report customer-did-not-answer"}, ""},
		"a machine": {Callee{Ending: Voicemail}, []string{"status-update in-progress", "status-update ended voicemail",
			"end-of-call-report voicemail"}, "Please call Lakeside."},
		"no report": {Callee{Lost: []string{"end-of-call-report"}}, []string{"status-update in-progress", "status-update ended assistant-ended-call"}, "AI: Hello"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := callSetup(t)
			b.Callee(calledNumber, c.callee)
			b.OtherCallees(Callee{Ending: Busy, Lost: []string{"status-update", "end-of-call-report"}}) // somebody else's matter
			id := b.place(t, nil)
			b.waitFor(t, c.heard[len(c.heard)-1])
			b.Close() // what else is to come has come
			require.Equal(t, append(began[:2:2], c.heard...), b.all())
			require.Zero(t, b.CallsAtOnce())
			for _, h := range b.heard {
				require.Equal(t, "test-secret-hook", h.secret)
				for _, part := range []string{id, b.assistant, b.number, callingNumber, calledNumber, "outboundPhoneCall",
					"a0000000-0000-7000-8000-0000000000c1", `"metadata":{"outboundCallId":"c1"}`} {
					require.Contains(t, string(h.body), part)
				}
			}
			_, call := b.ask(t, "GET", "/call/"+id, nil)
			require.Equal(t, "ended", call.text("status"))
			require.Contains(t, strings.Join(c.heard, " "), call.text("endedReason"))
			require.Equal(t, c.said != "", call.text("startedAt") != "")
			require.Contains(t, string(call["artifact"]), c.said)
		})
	}
}

func TestAnOrderThatBreaksTheContractIsRefused(t *testing.T) {
	t.Parallel()
	b := callSetup(t)
	later := time.Now().Add(time.Hour).Format(time.RFC3339)
	for complaint, changes := range map[string]map[string]any{
		"property metadata should not exist":                     {"metadata": map[string]any{}},
		"name must be shorter than or equal to 40 characters":    {"name": strings.Repeat("x", 41)},
		"customer.number must be a valid phone number":           {"customer": map[string]any{"number": "3125550111"}},
		"customer.property phone should not exist":               {"customer": map[string]any{"number": calledNumber, "phone": "1"}},
		"customer.externalId must be shorter":                    {"customer": map[string]any{"number": calledNumber, "externalId": strings.Repeat("x", 41)}},
		"Need Either `customer`":                                 {"customer": nil},
		"Couldn't Get Phone Number":                              {"phoneNumberId": nil},
		"Couldn't Get Assistant":                                 {"assistantId": "a0000000-0000-7000-8000-000000000009"},
		"assistantId must be a UUID":                             {"assistantId": "front-desk"},
		"assistantOverrides.property voicemail should not exist": {"assistantOverrides": map[string]any{"voicemail": "x"}},
		"assistantOverrides.voicemailMessage must be shorter":    {"assistantOverrides": map[string]any{"voicemailMessage": strings.Repeat("x", 1001)}},
		"schedulePlan.earliestAt must be a valid ISO 8601 date":  {"schedulePlan": map[string]any{"latestAt": later}},
		"schedulePlan.latestAt must be after earliestAt":         {"schedulePlan": map[string]any{"earliestAt": later, "latestAt": "2026-01-01T00:00:00Z"}},
		"schedulePlan.property at should not exist":              {"schedulePlan": map[string]any{"earliestAt": later, "at": later}},
	} {
		status, answer := b.ask(t, "POST", "/call", b.order(changes))
		require.Equal(t, http.StatusBadRequest, status, complaint)
		require.Contains(t, string(answer["message"]), complaint)
	}
	require.Empty(t, b.PlacedCalls())
}

func TestMoreCallsThanSlotsAreBlocked(t *testing.T) {
	t.Parallel()
	b := callSetup(t)
	b.SetPace(Pace{Ring: time.Hour})
	const limits = `{"concurrencyBlocked":%t,"concurrencyLimit":10,"remainingConcurrentCalls":%d}`
	for i := range 10 {
		status, call := b.ask(t, "POST", "/call", b.order(nil))
		require.Equal(t, http.StatusCreated, status)
		require.Equal(t, "queued", call.text("status"))
		require.JSONEq(t, fmt.Sprintf(limits, false, 9-i), string(call["subscriptionLimits"]))
	}
	status, call := b.ask(t, "POST", "/call", b.order(nil))
	require.Equal(t, http.StatusCreated, status)
	require.Equal(t, []string{"ended", endedBlocked}, []string{call.text("status"), call.text("endedReason")})
	require.JSONEq(t, fmt.Sprintf(limits, true, 0), string(call["subscriptionLimits"]))
	b.waitFor(t, "end-of-call-report "+endedBlocked)
	require.Equal(t, 10, b.CallsAtOnce(), "the blocked one takes no slot")
	b.Concurrency(11)
	b.place(t, nil)
	require.Equal(t, 11, b.CallsAtOnce())
	require.Equal(t, 11, b.MostCallsAtOnce())
}

func TestAScheduledCallWaitsAndCanBeTakenBack(t *testing.T) {
	t.Parallel()
	b := callSetup(t)
	plan := func(in time.Duration) map[string]any {
		return map[string]any{"schedulePlan": map[string]any{"earliestAt": time.Now().Add(in).Format(time.RFC3339Nano)}}
	}
	soon, never := b.place(t, plan(100*time.Millisecond)), b.place(t, plan(time.Hour))
	_, call := b.ask(t, "GET", "/call/"+never, nil)
	require.Equal(t, "scheduled", call.text("status"))
	require.Zero(t, b.CallsAtOnce())
	status, call := b.ask(t, "DELETE", "/call/"+never, nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, []string{"ended", endedDeleted}, []string{call.text("status"), call.text("endedReason")})
	b.waitFor(t, "status-update ended "+endedDeleted)
	b.waitFor(t, "end-of-call-report assistant-ended-call")
	_, call = b.ask(t, "GET", "/call/"+soon, nil)
	require.Equal(t, "ended", call.text("status"))

	b.SetPace(Pace{Ring: time.Hour})
	status, _ = b.ask(t, "DELETE", "/call/"+b.place(t, plan(-time.Minute)), nil)
	require.Equal(t, http.StatusBadRequest, status, "a call under way is not taken back")
	status, _ = b.ask(t, "DELETE", "/call/"+soon, nil)
	require.Equal(t, http.StatusOK, status)
	status, _ = b.ask(t, "DELETE", "/call/"+soon, nil)
	require.Equal(t, http.StatusNotFound, status, "an ended one is forgotten")
}

func TestPlacedCallsAreListedByAssistantAndTime(t *testing.T) {
	t.Parallel()
	b := callSetup(t)
	b.SetClock(func() time.Time { return time.Date(2030, 3, 4, 14, 0, 0, 0, time.UTC) })
	id := b.place(t, nil)
	for query, found := range map[string]bool{
		"": true, "?assistantId=" + b.assistant: true, "?assistantId=" + b.number: false, "?phoneNumberId=" + b.number: true,
		"?createdAtGe=2030-03-04T14:00:00Z": true, "?createdAtGt=2030-03-04T14:00:01Z": false, "?id=" + id: true,
	} {
		status, answer := b.ask(t, "GET", "/call"+query, nil)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, found, strings.Contains(string(answer["list"]), id), query)
	}
	status, _ := b.ask(t, "GET", "/call?name=x", nil)
	require.Equal(t, http.StatusBadRequest, status, "there is no such filter")
}

func TestStrangersCallWhenTheyAreKnown(t *testing.T) {
	t.Parallel()
	b := callSetup(t)
	strangers := map[string]any{"assistantId": "assistant-lakeside", "phoneNumberId": "number-lakeside"}
	status, _ := b.ask(t, "POST", "/call", b.order(strangers))
	require.Equal(t, http.StatusBadRequest, status)
	hooks := httptest.NewServer(b)
	t.Cleanup(hooks.Close)
	t.Cleanup(b.Close)
	b.KnowStrangers(hooks.URL, "test-secret-strange")
	b.place(t, strangers)
	b.waitFor(t, "end-of-call-report")
	b.Close()
	require.Equal(t, "test-secret-strange", b.heard[0].secret)
}
