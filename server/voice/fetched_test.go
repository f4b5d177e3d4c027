package voice

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
