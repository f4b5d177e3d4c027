package reception_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server/reception"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// callRow is what is kept of a call, as one line of text.
func (b *bundle) callRow(t *testing.T, vapiID string) string {
	t.Helper()
	return b.text(t, `
select concat_ws(' | ', status, direction, coalesce(outcome, '-'), coalesce(ended_reason, '-'), coalesce(duration_seconds::text, '-'),
  coalesce(to_char(started_at at time zone 'UTC', 'HH24:MI:SS'), '-'), coalesce(to_char(ended_at at time zone 'UTC', 'HH24:MI:SS'), '-'),
  transcript_state, recording_state, coalesce(cost_micros::text, '-'))
from call_logs where vapi_call_id = $1`, vapiID)
}

// aboutAMinute is a report of a call in which a patient named herself and her number.
func aboutAMinute() sandbox.Outcome {
	return sandbox.Outcome{EndedReason: "customer-ended-call", StartedAt: now, EndedAt: now.Add(61 * time.Second), CostUSD: 0.0421, Recorded: true,
		Summary: "Ann Quillfeather booked a checkup and left +1 312 555 0177.",
		Turns: []sandbox.Said{{Text: "Lakeside Dental, how can I help?"},
			{ByCaller: true, Text: "I am Ann Quillfeather, zanzibar-lilac, call me on 312-555-0177."}}}
}

func TestACallIsKeptWhateverTheOrderOfItsMessages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, order := range map[string][]int{"in order": {0, 1, 2}, "the report first": {2, 1, 0}, "all twice": {2, 0, 2, 1, 1, 0}} {
		l := b.call("+13125550111").line
		begun, ended := l, l
		begun.At, ended.At = now, now.Add(61*time.Second)
		messages := []sandbox.Message{
			sandbox.StatusUpdate(begun, "in-progress", ""),
			sandbox.StatusUpdate(ended, "ended", "customer-ended-call"),
			sandbox.EndOfCallReport(ended, aboutAMinute(), sandbox.ReportInArtifact),
		}
		for _, i := range order {
			require.NoError(t, b.vapi.Tell(t.Context(), messages[i]), name)
		}
		require.Equal(t, "ended | inbound | answered | customer-ended-call | 61 | 14:00:00 | 14:01:01 | stored | at_provider | 42100",
			b.callRow(t, l.CallID), name)
	}
	require.Zero(t, b.count(t, `select count(*)::int from notifications`))
}

func TestReportsOfEveryForm(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := b.call("+13125550111").line
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.EndOfCallReport(l, aboutAMinute(), sandbox.ReportOnMessage)))
	require.Equal(t, "ended | inbound | answered | customer-ended-call | 61 | 14:00:00 | 14:01:01 | stored | at_provider | 42100", b.callRow(t, l.CallID))

	require.Equal(t, "https://recordings.example/"+l.CallID+"-mono.wav 1", b.text(t, `
		select r.source_url || ' ' || (select count(*) from river.river_job j where j.kind = 'keep_recording' and j.args ->> 'call_id' = c.id::text)
		from recordings r join call_logs c on c.id = r.call_id where c.vapi_call_id = $1`, l.CallID), "and is copied from there")

	bare := b.call("+13125550112").line
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.EndOfCallReport(bare, sandbox.Outcome{EndedReason: "customer-busy"}, sandbox.ReportBare)))
	require.Equal(t, "ended | inbound | missed | customer-busy | - | - | - | none | none | -", b.callRow(t, bare.CallID))
	require.Equal(t, 1, b.count(t, `select count(*)::int from notifications where kind = 'missed_call'`))

	web := b.call("").line
	web.Kind, web.ISOTime = "webCall", true
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.StatusUpdate(web, "in-progress", "")))
	require.Equal(t, "in-progress | web | - | - | - | 14:00:00 | - | none | none | -", b.callRow(t, web.CallID), "the call's own status says ringing")

	test := b.call("").line
	test.Kind = "vapi.websocketCall"
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.StatusUpdate(test, "in-progress", "")))
	require.Equal(t, "in-progress | web | - | - | - | 14:00:00 | - | none | none | -", b.callRow(t, test.CallID), "a test call from the dashboard")

	spoken := b.call("").line
	timeless := sandbox.EndOfCallReport(spoken, aboutAMinute(), sandbox.ReportInArtifact).With("startedAt", nil).With("endedAt", nil)
	require.NoError(t, b.vapi.Tell(t.Context(), timeless))
	require.Equal(t, "ended | inbound | answered | customer-ended-call | - | - | - | stored | at_provider | 42100", b.callRow(t, spoken.CallID))

	odd := b.call("").line
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.StatusUpdate(odd, "invented", "")))
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.StatusUpdate(odd, "in-progress", "").With("timestamp", nil)))
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.StatusUpdate(odd, "ringing", "")))
	require.Equal(t, "in-progress | inbound | - | - | - | 14:00:00 | - | none | none | -", b.callRow(t, odd.CallID))

	nul := b.call("").line
	strange := aboutAMinute()
	strange.Turns = append(strange.Turns, sandbox.Said{ByCaller: true, Text: "A\x00B \u2028 \ufffd"})
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.EndOfCallReport(nul, strange, sandbox.ReportInArtifact)))
	require.Contains(t, b.callRow(t, nul.CallID), "stored")
}

func TestTranscriptsAndSummariesAreRedacted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	require.Contains(t, p.book(t, "2 pm", "Ann Quillfeather").Result, "Booked")
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.EndOfCallReport(p.line, aboutAMinute(), sandbox.ReportInArtifact)))
	kept := b.text(t, `select summary || transcript::text from call_logs where vapi_call_id = $1`, p.line.CallID)
	require.Contains(t, kept, "zanzibar-lilac", "the rest of the words stay")
	for _, planted := range []string{"Quillfeather", "Ann", "0177", "312-555"} {
		require.NotContains(t, kept, planted)
	}
	require.Equal(t, "booked", b.text(t, `select outcome from call_logs where vapi_call_id = $1`, p.line.CallID))
}

// Nobody was booked, so no row of ours has the name; the tool call in the report does.
func TestTheNameOfARefusedBookingIsRedactedToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	require.NotEmpty(t, p.book(t, "3 am", "Maeve Quillman").Error+p.book(t, "3 am", "Maeve Quillman").Result)
	outcome := aboutAMinute()
	outcome.Turns = append(outcome.Turns, sandbox.Said{ByCaller: true, Text: "Then forget it, says Maeve Quillman."})
	outcome.Tools = []sandbox.ToolCall{{ID: "tc-1", Name: "bookClinicAppointment", Arguments: map[string]any{"patientName": "Maeve Quillman"}}}
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.EndOfCallReport(p.line, outcome, sandbox.ReportInArtifact)))
	kept := b.text(t, `select transcript::text from call_logs where vapi_call_id = $1`, p.line.CallID)
	require.Contains(t, kept, "Then forget it, says [name].")
	require.Equal(t, 0, b.count(t, `select count(*)::int from patients`))
}

func TestARedactionFailureKeepsTheCallAndNoWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.database.Exec(t, `create or replace function app.redact_phi(p_text text, p_names text[]) returns text
language plpgsql immutable parallel safe set search_path = '' as $$ begin raise exception 'broken'; end $$`)
	l := b.call("+13125550111").line
	report := sandbox.EndOfCallReport(l, aboutAMinute(), sandbox.ReportInArtifact)
	require.NoError(t, b.vapi.Tell(t.Context(), report))
	require.Equal(t, "ended | inbound | answered | customer-ended-call | 61 | 14:00:00 | 14:01:01 | pending_redaction | at_provider | 42100", b.callRow(t, l.CallID))
	require.Equal(t, 1, b.count(t, `select count(*)::int from river.river_job where kind = 'fetch_call_report'`))
	for _, words := range []string{"zanzibar-lilac", "Quillfeather", "0177"} {
		require.Empty(t, b.tablesWith(t, words), words)
		require.NotContains(t, b.log.String(), words)
	}
	require.Contains(t, b.tablesWith(t, "customer-ended-call"), "call_logs", "the search sees what is there")
}

// tablesWith names the tables in which a text is found in any row, bytes included.
func (b *bundle) tablesWith(t *testing.T, words string) []string {
	t.Helper()
	rows, err := b.owner.Query(t.Context(), `
select c.relname
from pg_class c
where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'river'::regnamespace)
  and (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %s r where r::text ilike %L', c.oid::regclass, '%' || $1 || '%'), false, true, '')))[1]::text::int > 0`, words)
	require.NoError(t, err)
	defer rows.Close()
	var found []string
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		found = append(found, name)
	}
	require.NoError(t, rows.Err())
	return found
}

func TestAHoldIsGivenBackWhenTheCallEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, end := range map[string]func(sandbox.Line) sandbox.Message{
		"status": func(l sandbox.Line) sandbox.Message { return sandbox.StatusUpdate(l, "ended", "customer-ended-call") },
		"report": func(l sandbox.Line) sandbox.Message {
			return sandbox.EndOfCallReport(l, aboutAMinute(), sandbox.ReportInArtifact)
		},
	} {
		p := b.call("+13125550111")
		require.Regexp(t, `^Tuesday, March 5 at 2 PM is free with .* and is held for this caller for a few minutes\. Ask for the patient's name and book it\.$`,
			p.say(t, "checkAvailability", map[string]any{"date": "2030-03-05", "time": "2 pm", "service": "checkup", "hold": "true"}))
		require.Equal(t, 1, b.count(t, `select count(*)::int from appointments where status = 'held'`))
		require.NoError(t, b.vapi.Tell(t.Context(), end(p.line)))
		require.Zero(t, b.count(t, `select count(*)::int from appointments where status = 'held'`), name)
	}
}

func TestOutcomesFollowWhatACallLeft(t *testing.T) {
	t.Parallel()
	b := setup(t)
	end := func(p *phone, reason string) string {
		outcome := aboutAMinute()
		outcome.EndedReason = reason
		require.NoError(t, b.vapi.Tell(t.Context(), sandbox.EndOfCallReport(p.line, outcome, sandbox.ReportInArtifact)))
		return b.text(t, `select outcome from call_logs where vapi_call_id = $1`, p.line.CallID)
	}
	p := b.call("")
	p.book(t, "2 pm", "Ann Quillfeather")
	p.say(t, "cancelAppointment", nil)
	require.Equal(t, "cancelled", end(p, "customer-ended-call"))
	p = b.call("")
	p.say(t, "takeMessage", map[string]any{"message": "Please call."})
	require.Equal(t, "message", end(p, "customer-ended-call"))
	require.Equal(t, "transferred", end(b.call(""), "assistant-forwarded-call"))
	require.Equal(t, "failed", end(b.call(""), "pipeline-error-something-new"))
	require.Equal(t, "answered", end(b.call(""), "a-reason-of-tomorrow"))
}

func TestInHIPAAModeACallSaysThatNobodyKeepsARecording(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.database.Exec(t, `update organizations set hipaa_mode = true where slug = 'lakeside'`)
	l := b.call("+13125550111").line
	report := aboutAMinute()
	report.Recorded = false
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.EndOfCallReport(l, report, sandbox.ReportInArtifact)))
	require.Equal(t, "not_kept_by_provider", b.text(t, `select recording_state from call_logs where vapi_call_id = $1`, l.CallID))
	require.Zero(t, b.count(t, `select count(*)::int from river.river_job where kind = 'keep_recording'`))
}

func TestWhatTheProviderFoundGoesToTheDatabase(t *testing.T) {
	t.Parallel()
	for want, found := range map[string]voice.Analysis{
		`{}`: {},
		`{"sentiment": "negative", "sentiment_score": 0, "urgency": "high"}`: {Sentiment: "negative", HasScore: true, Urgency: "high"},
	} {
		params, err := reception.ReportParams([16]byte{}, voice.Message{Report: &voice.Report{Analysis: found}})
		require.NoError(t, err)
		require.JSONEq(t, want, string(params.Analysis))
	}
}
