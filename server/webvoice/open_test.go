package webvoice_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/brief"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func TestABridgeOpensToItsMemberOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, token := b.member(t, lakeside, "owner")
	_, colleague := b.member(t, lakeside, "admin")
	_, stranger := b.member(t, harbor, "owner")
	bridge, tracking, _ := b.begin(t, token)
	refused := websocket.CloseError{Code: websocket.StatusPolicyViolation, Reason: "There is no such test call, or it is open or over."}
	for _, other := range []string{colleague, stranger} {
		require.Equal(t, refused, knock(t, bridge, other).closed(t))
		status, _ := b.ask(t, other, http.MethodGet, "/api/founder-console/calls/"+tracking+"/state", "")
		require.Equal(t, http.StatusNotFound, status)
		status, _ = b.ask(t, other, http.MethodPost, pathEnd, `{"trackingId": "`+tracking+`"}`)
		require.Equal(t, http.StatusNotFound, status)
	}
	require.Equal(t, refused, knock(t, strings.Replace(bridge, tracking, strings.Repeat("A", 43), 1), token).closed(t))
	first := knock(t, bridge, token)
	require.Equal(t, "connected", first.next(t)["type"])
	require.Equal(t, refused, knock(t, bridge, token).closed(t))
	first.send(t, map[string]string{"type": "ping"})
	require.Equal(t, "pong", first.next(t)["type"], "the first one stands")
}

func TestATestCallIsToldWhatCallersAreTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, `update organizations set policies = 'Cancel a day ahead.' where id = $1`, lakeside)
	_, token := b.member(t, lakeside, "owner")
	_, far, _ := b.talk(t, token)
	var overrides struct{ VariableValues map[string]string }
	require.NoError(t, json.Unmarshal(far.Overrides(), &overrides))
	said := overrides.VariableValues
	for _, name := range brief.Names() {
		require.Contains(t, said, name, "an unfilled placeholder would be read out")
	}
	require.Equal(t, []string{"Lakeside Dental", "Cancel a day ahead.", "Blake Reed, Dr. Avery Stone", "America/Chicago", "not verified", "", ""},
		[]string{said["clinicName"], said["policies"], said["practitioners"], said["timeZone"], said["callerStatus"], said["callerNames"], said["callerMemory"]})
	require.NotEmpty(t, said["today"])
	require.Contains(t, said["callPurpose"], "This is a test call")
}

func TestABridgeWithoutAGoodTokenIsClosed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, token := b.member(t, lakeside, "owner")
	bridge, tracking, _ := b.begin(t, token)
	silent, _, err := dial(t, bridge, dashboard)
	require.NoError(t, err)
	begun := time.Now()
	late := websocket.CloseError{Code: websocket.StatusPolicyViolation, Reason: "Authenticate with a token within three seconds."}

	require.Equal(t, websocket.CloseError{Code: websocket.StatusPolicyViolation, Reason: "Invalid or expired token"}, knock(t, bridge, "a.b.c").closed(t))
	for _, first := range []struct {
		kind websocket.MessageType
		data string
	}{{websocket.MessageText, `{"type":"subscribe","token":"` + token + `"}`}, {websocket.MessageText, "nonsense"}, {websocket.MessageBinary, "ab"}} {
		p, _, err := dial(t, bridge, "")
		require.NoError(t, err)
		require.NoError(t, p.Write(t.Context(), first.kind, []byte(first.data)))
		require.Equal(t, late, p.closed(t))
	}
	require.Equal(t, late, silent.closed(t))
	require.Greater(t, time.Since(begun), 2*time.Second)
	_, answer := b.ask(t, token, http.MethodGet, "/api/founder-console/calls/"+tracking+"/state", "")
	require.Equal(t, "ready", answer["state"], "none of them used it up")
}

func TestOnlyKnownPagesOpenABridge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	address := "ws" + strings.TrimPrefix(b.url, "http") + "/api/web-voice/" + strings.Repeat("A", 43)
	for origin, allowed := range map[string]bool{"": true, dashboard: true, b.url: true, "https://evil.example": false, "null": false} {
		_, response, err := dial(t, address, origin)
		require.Equal(t, allowed, err == nil, origin)
		if !allowed {
			require.Equal(t, http.StatusForbidden, response.StatusCode, origin)
		}
	}
	status, _ := b.ask(t, "", http.MethodGet, "/api/web-voice/"+strings.Repeat("A", 43), "")
	require.Equal(t, http.StatusBadRequest, status)
}

func TestAVapiThatRefusesIsNamed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for status, want := range map[int]int{400: 422, 402: 422, 404: 422, 429: 429, 401: 400, 500: 409} {
		_, token := b.member(t, lakeside, "owner")
		b.played.Fail(sandbox.Failure{Status: status})
		got, answer := b.ask(t, token, http.MethodPost, pathStart, "")
		require.Equal(t, want, got, answer)
		if status == 500 {
			_, again := b.ask(t, token, http.MethodPost, pathStart, "")
			require.Equal(t, "conflict", again["code"], "nobody knows whether there is a call")
			b.data.Exec(t, "delete from public.web_tests")
		}
	}
	_, token := b.member(t, lakeside, "owner")
	bridge, tracking, _ := b.begin(t, token)
	b.played.Fail(sandbox.Failure{Status: 503})
	p := knock(t, bridge, token)
	require.Equal(t, map[string]any{"type": "error", "error": "The connection to Vapi was lost."}, p.next(t))
	require.Equal(t, websocket.CloseError{Code: websocket.StatusTryAgainLater, Reason: "vapi_unreachable"}, p.closed(t))
	require.Equal(t, "vapi_unreachable", b.ended(t, token, tracking))
}

func TestTestCallsSpareTheAccount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, token := b.member(t, lakeside, "owner")
	_, colleague := b.member(t, lakeside, "admin")
	_, viewer := b.member(t, lakeside, "staff")
	_, stranger := b.member(t, harbor, "owner")
	status, _ := b.ask(t, viewer, http.MethodPost, pathStart, "")
	require.Equal(t, http.StatusForbidden, status)
	for range 3 {
		_, tracking, _ := b.begin(t, token)
		status, answer := b.ask(t, colleague, http.MethodPost, pathStart, "")
		require.Equal(t, http.StatusConflict, status, answer)
		b.beginAndEnd(t, stranger)
		status, _ = b.ask(t, token, http.MethodPost, pathEnd, `{"trackingId": "`+tracking+`"}`)
		require.Equal(t, http.StatusOK, status)
	}
	status, answer := b.ask(t, token, http.MethodPost, pathStart, "")
	require.Equal(t, http.StatusTooManyRequests, status, answer)
	b.data.Exec(t, "update public.agents set desired_version = desired_version + 1")
	status, answer = b.ask(t, colleague, http.MethodPost, pathStart, "")
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, answer["error"], "in step")
	requests := b.played.Counts()["POST /call"]
	require.Equal(t, 6, requests, "what was refused never reached Vapi")
}

// beginAndEnd begins a test of another clinic and ends it.
func (b *bundle) beginAndEnd(t *testing.T, token string) {
	t.Helper()
	_, tracking, _ := b.begin(t, token)
	status, _ := b.ask(t, token, http.MethodPost, pathEnd, `{"trackingId": "`+tracking+`"}`)
	require.Equal(t, http.StatusOK, status)
}
