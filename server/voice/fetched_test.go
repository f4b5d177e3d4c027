package voice

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestFetchedCallReadsAsItsReport(t *testing.T) {
	t.Parallel()
	m, err := ParseFetched([]byte(`{"id":"call-9","type":"inboundPhoneCall","status":"ended","endedReason":"customer-ended-call",
		"startedAt":"2026-05-04T15:00:00Z","endedAt":"2026-05-04T15:01:30Z","cost":0.5,
		"analysis":{"summary":"zanzibar-lilac"},
		"artifact":{"messages":[{"role":"user","message":"zanzibar-lilac","secondsFromStart":2}]}}`))
	require.NoError(t, err)
	require.Equal(t, "ended", m.Status)
	require.Equal(t, "customer-ended-call", m.EndedReason)
	require.Equal(t, "call-9", m.Call.ID)
	require.Equal(t, CallInbound, m.Call.Type)
	require.Equal(t, 90*time.Second, m.Report.Duration)
	require.Equal(t, int64(500000), m.Report.CostMicros)
	require.Equal(t, "zanzibar-lilac", m.Report.Summary)
	require.Equal(t, []Turn{{Speaker: SpeakerCaller, Text: "zanzibar-lilac", Seconds: 2}}, m.Report.Turns)
}

func TestFetchedCallThatIsNoObjectIsRefused(t *testing.T) {
	t.Parallel()
	_, err := ParseFetched([]byte(`[1]`))
	require.ErrorIs(t, err, ErrNotAnObject)
	_, err = ParseFetched([]byte(`{`))
	require.ErrorIs(t, err, ErrNotJSON)
}

// The report of a placed call never comes, so the call is fetched.
func TestAPlacedCallIsReadWhenItIsFetched(t *testing.T) {
	t.Parallel()
	played := sandbox.NewVapi("test-secret-key")
	listening := httptest.NewServer(played)
	t.Cleanup(listening.Close)
	t.Cleanup(played.Close)
	client, err := vapi.New(vapi.Options{BaseURL: listening.URL, Key: "test-secret-key", HTTP: listening.Client()})
	require.NoError(t, err)
	assistant, err := played.AddAssistant(json.RawMessage(`{}`))
	require.NoError(t, err)
	number, err := played.AddPhoneNumber(json.RawMessage(`{"number":"+13125550190"}`))
	require.NoError(t, err)
	for ending, want := range map[sandbox.Ending]struct {
		reason string
		turns  int
	}{sandbox.Answers: {"assistant-ended-call", 3}, sandbox.Busy: {"customer-busy", 0}} {
		played.OtherCallees(sandbox.Callee{Ending: ending})
		placed, err := client.PlaceCall(t.Context(), vapi.OutboundCall{
			Name: "c1", AssistantID: assistant, PhoneNumberID: number, CustomerNumber: "+13125550111"})
		require.NoError(t, err)
		var m Message
		require.Eventually(t, func() bool {
			raw, err := client.GetCall(t.Context(), placed.ID)
			if err != nil {
				return false
			}
			m, err = ParseFetched(raw)
			return err == nil && m.Status == "ended"
		}, 10*time.Second, time.Millisecond)
		require.Equal(t, []any{placed.ID, CallOutbound, want.reason}, []any{m.Call.ID, m.Call.Type, m.EndedReason})
		require.Len(t, m.Report.Turns, want.turns)
	}
}
