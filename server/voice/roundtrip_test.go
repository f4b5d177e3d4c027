package voice_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server/voice"
)

const secret = "test-secret-webhook"

// endpoint is the least server: it authenticates, parses, keeps the message and repeats every call's patient back.
func endpoint(t *testing.T, mode string, now func() time.Time) (*sandbox.Caller, *[]voice.Message) {
	t.Helper()
	auth, err := voice.NewAuthenticator(mode, []string{secret}, now)
	require.NoError(t, err)
	heard := &[]voice.Message{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || auth.Verify(r.Header, body) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		m, err := voice.Parse(body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		*heard = append(*heard, m)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer(m))
	}))
	t.Cleanup(server.Close)
	return &sandbox.Caller{BaseURL: server.URL, Auth: sandbox.Secret(secret), HTTP: server.Client(), Now: now}, heard
}

func answer(m voice.Message) []byte {
	switch m.Type {
	case voice.TypeToolCalls, voice.TypeFunctionCall:
		var outcomes []voice.Outcome
		for _, call := range m.ToolCalls {
			outcomes = append(outcomes, voice.Said("For\n"+call.Args.Text(voice.ArgPatientName)))
		}
		return m.Answer(outcomes)
	case voice.TypeAssistantRequest:
		return voice.UseAssistant("a1", voice.Overrides{VariableValues: map[string]string{"clinic": "Lakeside"}})
	case voice.TypeTransferRequest:
		return voice.PutThrough(voice.Destination{Number: "+13125550109"})
	default:
		return voice.Acknowledge()
	}
}

func line() sandbox.Line {
	return sandbox.Line{CallID: "019df000-0000-7000-8000-000000000001", AssistantID: "a1", PhoneNumberID: "p1",
		Number: "+13125550100", Customer: "+13125550123", At: time.Date(2026, 5, 4, 15, 0, 0, 0, time.UTC)}
}

func TestEveryAuthenticationGetsThrough(t *testing.T) {
	t.Parallel()
	for name, auth := range map[string]sandbox.Authentication{
		"secret": sandbox.Secret(secret), "seconds": sandbox.SignSeconds(secret), "millis": sandbox.SignMillis(secret),
	} {
		caller, heard := endpoint(t, voice.ModeEither, time.Now)
		caller.Auth = auth
		require.NoError(t, caller.Tell(t.Context(), sandbox.StatusUpdate(line(), "in-progress", "")), name)
		require.Len(t, *heard, 1, name)
	}
	for name, auth := range map[string]sandbox.Authentication{
		"nothing": sandbox.Anonymous(), "empty": sandbox.Secret(""), "wrong": sandbox.Secret("x"),
		"wrong key": sandbox.SignSeconds("x"),
		"old": func(h http.Header, body []byte, now time.Time) {
			sandbox.SignMillis(secret)(h, body, now.Add(-time.Hour))
		},
	} {
		caller, heard := endpoint(t, voice.ModeEither, time.Now)
		caller.Auth = auth
		var refused *sandbox.RefusedError
		require.ErrorAs(t, caller.Tell(t.Context(), sandbox.StatusUpdate(line(), "in-progress", "")), &refused, name)
		require.Empty(t, *heard, name)
	}
}

func TestToolCallsInEveryShape(t *testing.T) {
	t.Parallel()
	caller, heard := endpoint(t, voice.ModeEither, time.Now)
	for _, shape := range sandbox.Shapes() {
		m := sandbox.ToolCalls(line(), shape,
			sandbox.ToolCall{ID: "call_2", Name: "bookClinicAppointment", Arguments: map[string]any{"patientName": "Ann Quillby", "orgId": "planted"}},
			sandbox.ToolCall{ID: "call_1", Name: "bookClinicAppointment", Arguments: map[string]any{"customer_name": "Bo Quillby"}})
		for range 2 { // the second one is a redelivery
			results, err := caller.CallTools(t.Context(), m)
			require.NoError(t, err, shape.String())
			require.Equal(t, "For Ann Quillby", results[0].Result, shape.String())
			require.Equal(t, "For Bo Quillby", results[1].Result, shape.String())
		}
	}
	require.Len(t, *heard, 8)
	for _, m := range *heard {
		require.Equal(t, (*heard)[0], m, "all shapes read the same")
	}
	require.Equal(t, voice.Caller{Number: "+13125550123"}, (*heard)[0].Caller)

	said, err := caller.CallFunction(t.Context(), sandbox.FunctionCall(line(), sandbox.ToolCall{Name: "f", Arguments: map[string]any{"name": "Ann Quillby"}}))
	require.NoError(t, err)
	require.Equal(t, "For Ann Quillby", said)
}

func TestTheOtherMessages(t *testing.T) {
	t.Parallel()
	caller, heard := endpoint(t, voice.ModeEither, time.Now)
	last := func() voice.Message { return (*heard)[len(*heard)-1] }

	a, err := caller.RequestAssistant(t.Context(), sandbox.AssistantRequest(line()))
	require.NoError(t, err)
	require.Equal(t, "Lakeside", a.VariableValues["clinic"])
	require.Equal(t, voice.Route{PhoneNumberIDs: []string{"p1"}, Numbers: []string{"+13125550100"}}, last().Route)

	to, _, err := caller.RequestTransfer(t.Context(), sandbox.TransferRequest(line(), `{"department":"billing"}`))
	require.NoError(t, err)
	require.Equal(t, "+13125550109", to.Number)
	require.Equal(t, "billing", last().Transfer.Department)

	web := line()
	web.Kind, web.ISOTime = "webCall", true
	require.NoError(t, caller.Tell(t.Context(), sandbox.StatusUpdate(web, "ended", "customer-ended-call")))
	require.True(t, last().Call.Web())
	require.Equal(t, voice.Route{AssistantIDs: []string{"a1"}}, last().Route)
	require.Equal(t, voice.Caller{}, last().Caller)
	require.Equal(t, web.At, last().Timestamp)

	require.NoError(t, caller.Tell(t.Context(), sandbox.Unknown(line(), "moon-phase")))
	require.Equal(t, "moon-phase", last().Type)
}

func TestReportsInEveryVariant(t *testing.T) {
	t.Parallel()
	caller, heard := endpoint(t, voice.ModeEither, time.Now)
	start := line().At
	outcome := sandbox.Outcome{EndedReason: "customer-ended-call", StartedAt: start, EndedAt: start.Add(90 * time.Second), Summary: "A cleaning.",
		CostUSD: 0.05, Turns: []sandbox.Said{{Text: "Hello"}, {ByCaller: true, Text: "zanzibar-lilac"}}, Recorded: true,
		Tools: []sandbox.ToolCall{{ID: "c", Name: "checkAvailability"}}}
	for _, variant := range []sandbox.Variant{sandbox.ReportInArtifact, sandbox.ReportOnMessage} {
		require.NoError(t, caller.Tell(t.Context(), sandbox.EndOfCallReport(line(), outcome, variant)))
		r := (*heard)[len(*heard)-1].Report
		require.Equal(t, 90*time.Second, r.Duration)
		require.Equal(t, int64(50000), r.CostMicros)
		require.Equal(t, "A cleaning.", r.Summary)
		require.Len(t, r.Turns, 2)
		require.Equal(t, voice.SpeakerCaller, r.Turns[1].Speaker)
		require.Equal(t, []string{"checkAvailability"}, r.ToolsUsed)
		require.True(t, r.Recording.Present())
	}
	require.NoError(t, caller.Tell(t.Context(), sandbox.EndOfCallReport(line(), outcome, sandbox.ReportBare)))
	require.Equal(t, &voice.Report{}, (*heard)[2].Report)
	require.NoError(t, caller.Tell(t.Context(), sandbox.EndOfCallReport(line(), outcome, sandbox.ReportOnMessage).With("startedAt", nil)))
	require.True(t, (*heard)[3].Report.StartedAt.IsZero())
}

// Parse sets no limit of its own; whoever reads the body does.
func TestABodyOfMegabytesParses(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(strings.Repeat("zanzibar-lilac ", (5<<20)/16))
	require.NoError(t, err)
	m, err := voice.Parse([]byte(`{"message":{"type":"end-of-call-report","transcript":` + string(text) + `}}`))
	require.NoError(t, err)
	require.NotEmpty(t, m.Report.Transcript)
}
