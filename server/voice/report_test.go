package voice

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func reportOf(t *testing.T, fields string) *Report {
	t.Helper()
	m := parsed(t, message(`"type":"end-of-call-report",`+fields))
	require.NotNil(t, m.Report)
	return m.Report
}

func TestReportWithEverything(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile("testdata/end-of-call-report.json")
	require.NoError(t, err)
	m := parsed(t, body)
	start := time.Date(2026, 5, 4, 15, 0, 2, 100e6, time.UTC)
	require.Equal(t, "customer-ended-call", m.EndedReason)
	require.Equal(t, start, m.Report.StartedAt)
	require.Equal(t, start.Add(21076*time.Millisecond), m.Report.EndedAt)
	require.Equal(t, 21076*time.Millisecond, m.Report.Duration)
	require.Equal(t, int64(42100), m.Report.CostMicros)
	require.Equal(t, "Ann Quillby asked for a cleaning.", m.Report.Summary)
	require.Equal(t, []Turn{
		{Speaker: SpeakerAssistant, Text: "Lakeside Dental, how can I help?", At: time.UnixMicro(1777906803000500).UTC(), Seconds: 0.9},
		{Speaker: SpeakerCaller, Text: "zanzibar-lilac please.", At: time.UnixMilli(1777906805000).UTC(), Seconds: 2.9},
	}, m.Report.Turns)
	require.Empty(t, m.Report.Transcript)
	require.Equal(t, []string{"checkAvailability", "takeMessage"}, m.Report.ToolsUsed)
	require.Equal(t, Recording{MonoURL: "https://recordings.example/mono.wav", StereoURL: "https://recordings.example/stereo.wav", Presigned: "https://recordings.example/mono.wav?signature=x"}, m.Report.Recording)
}

func TestReportThatNeverConnected(t *testing.T) {
	t.Parallel()
	r := reportOf(t, `"endedReason":"customer-busy","artifact":{},"analysis":{}`)
	require.Equal(t, &Report{}, r)
	require.False(t, r.Recording.Present())
}

func TestReportNamesWhoWasSaid(t *testing.T) {
	t.Parallel()
	r := reportOf(t, `"artifact":{"messages":[
		{"role":"tool_calls","toolCalls":[
			{"id":"1","function":{"name":"bookClinicAppointment","arguments":"{\"patientName\":\"Ann Quillby\",\"notes\":\"for Zoe\"}"}},
			{"id":"2","function":{"name":"takeMessage","arguments":{"caller_name":"Bo Quillfeather","patient_name":"Ann Quillby"}}}]},
		{"role":"tool_calls","toolCalls":[{"id":"3","name":"cancelAppointment","arguments":{"patientName":"unknown"}}]}]}`)
	require.Equal(t, []string{"Ann Quillby", "Bo Quillfeather"}, r.SaidNames)

	var many []string
	for i := range 30 {
		many = append(many, fmt.Sprintf(`{"name":"takeMessage","arguments":{"callerName":"Quill %d"}}`, i))
	}
	require.Len(t, reportOf(t, `"messages":[{"toolCalls":[`+strings.Join(many, ",")+`]}]`).SaidNames, 20)
}

func TestReportDuration(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]time.Duration{
		`"durationMs":1500,"durationSeconds":9`: 1500 * time.Millisecond,
		`"durationSeconds":1.5`:                 1500 * time.Millisecond,
		`"durationMinutes":0.5`:                 30 * time.Second,
		`"startedAt":"2026-05-04T15:00:00Z","endedAt":"2026-05-04T15:01:00Z"`:          time.Minute,
		`"durationMs":-1,"startedAt":1777906800000,"endedAt":1777906860000`:            time.Minute,
		`"call":{"startedAt":"2026-05-04T15:00:00Z","endedAt":"2026-05-04T15:01:00Z"}`: time.Minute,
	} {
		r := reportOf(t, fields)
		require.True(t, r.HasDuration, fields)
		require.Equal(t, want, r.Duration, fields)
	}
	for _, fields := range []string{`"durationMs":1e300`, `"startedAt":1777906860000,"endedAt":1777906800000`, `"startedAt":1777906860000`} {
		require.False(t, reportOf(t, fields).HasDuration, fields)
	}
	r := reportOf(t, `"startedAt":"2026-05-04T15:00:00Z","durationSeconds":60`)
	require.Equal(t, time.Date(2026, 5, 4, 15, 1, 0, 0, time.UTC), r.EndedAt)
}

func TestReportCost(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]int64{
		`"cost":0.0421,"costBreakdown":{"total":9}`:          42100,
		`"costBreakdown":{"total":0.5}`:                      500000,
		`"costs":[{"cost":0.1},{"type":"x"},{"cost":"0.2"}]`: 300000,
		`"cost":0`: 0,
	} {
		r := reportOf(t, fields)
		require.True(t, r.HasCost, fields)
		require.Equal(t, want, r.CostMicros, fields)
	}
	for _, fields := range []string{`"call":{"cost":5}`, `"cost":-1`, `"cost":1e99`, `"costs":[]`} {
		require.False(t, reportOf(t, fields).HasCost, fields)
	}
}

func TestReportTurnsFallBack(t *testing.T) {
	t.Parallel()
	want := []Turn{{Speaker: SpeakerAssistant, Text: "Hello there"}, {Speaker: SpeakerCaller, Text: "Hi"}}
	for _, fields := range []string{
		`"messages":[{"role":"system","message":"prompt"},{"role":"bot","message":"Hello there"},{"role":"user","message":"Hi"}]`,
		`"artifact":{"messagesOpenAIFormatted":[{"role":"system","content":"p"},{"role":"assistant","content":"Hello there"},{"role":"tool","content":"secret"},{"role":"user","content":[{"type":"text","text":"Hi"}]}]}`,
		`"artifact":{"messages":[{"role":"system","message":"p"}],"transcript":"AI: Hello\nthere\nUser: Hi\n"}`,
		`"transcript":"AI: Hello there\n\nUser: Hi"`,
	} {
		require.Equal(t, want, reportOf(t, fields).Turns, fields)
	}
	r := reportOf(t, `"transcript":"a text without speakers"`)
	require.Empty(t, r.Turns)
	require.Equal(t, "a text without speakers", r.Transcript)
}

func TestTransferRequestReadsTheNewestWish(t *testing.T) {
	t.Parallel()
	m := parsed(t, message(`"type":"transfer-destination-request","call":{"id":"c"},"artifact":{"messages":[
		{"role":"tool_calls","toolCalls":[{"id":"1","function":{"name":"transferCall","arguments":"{\"department\":\"medical\"}"}}]},
		{"role":"user","message":"No, the money people."},
		{"role":"tool_calls","toolCalls":[{"id":"2","function":{"name":"transferCall","arguments":"{\"department\":\"billing\",\"summary\":\"an invoice\"}"}}]}]}`))
	require.Equal(t, &TransferRequest{Department: "billing", Texts: []string{"billing", "an invoice"}, LastCallerText: "No, the money people."}, m.Transfer)

	m = parsed(t, message(`"type":"transfer-destination-request"`))
	require.Equal(t, &TransferRequest{}, m.Transfer)

	m = parsed(t, message(`"type":"handoff-destination-request","parameters":{"department":"billing","org_id":"x"}`))
	require.Equal(t, "billing", m.Transfer.Department)
}
