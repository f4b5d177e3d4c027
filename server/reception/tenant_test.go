package reception_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	lakeside = "a0000000-0000-7000-8000-000000000001"
	harbor   = "b0000000-0000-7000-8000-000000000001"
)

// rows counts the rows of every table there is, by name.
func (b *bundle) rows(t *testing.T) map[string]int {
	t.Helper()
	found := map[string]int{}
	tables, err := b.owner.Query(t.Context(), `
select c.relname, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %s', c.oid::regclass), false, true, '')))[1]::text::int
from pg_class c where c.relkind in ('r', 'p') and c.relnamespace in ('public'::regnamespace, 'river'::regnamespace)`)
	require.NoError(t, err)
	defer tables.Close()
	for tables.Next() {
		var name string
		var n int
		require.NoError(t, tables.Scan(&name, &n))
		found[name] = n
	}
	require.NoError(t, tables.Err())
	require.Equal(t, 2, found["organizations"], "the count sees what is there")
	return found
}

func TestTenantIdsInArgumentsAndMetadataAreIgnored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	args := atTwo()
	for _, key := range []string{"orgId", "org_id", "tenantId", "clinicId", "organizationId"} {
		args[key] = harbor
	}
	args["details"] = map[string]any{"org_id": harbor}
	message := sandbox.ToolCalls(p.line, sandbox.NestedObject, sandbox.ToolCall{ID: "1", Name: "bookClinicAppointment", Arguments: args}).
		With("metadata", map[string]any{"org_id": harbor}).With("org_id", harbor).
		With("assistantOverrides", map[string]any{"metadata": map[string]any{"org_id": harbor}, "variableValues": map[string]any{"assistantId": "assistant-b"}})
	results, err := b.vapi.CallTools(t.Context(), message)
	require.NoError(t, err)
	require.Regexp(t, bookedAtTwo, results[0].Result)
	require.Equal(t, 1, b.count(t, booked+` and org_id = $1`, lakeside))
	require.Zero(t, b.count(t, `select count(*)::int from call_logs where org_id = $1 and vapi_call_id <> 'call-b'`, harbor))
}

func TestAnyOneIdentifierFindsTheClinic(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, change := range map[string]func(*sandbox.Line){
		"assistant":                func(l *sandbox.Line) { l.PhoneNumberID, l.Number = "", "" },
		"phone number id":          func(l *sandbox.Line) { l.AssistantID, l.Number = "", "" },
		"number":                   func(l *sandbox.Line) { l.AssistantID, l.PhoneNumberID = "", "" },
		"number, the rest unknown": func(l *sandbox.Line) { l.AssistantID, l.PhoneNumberID = "transient", "new" },
	} {
		p := b.call("+13125550111")
		change(&p.line)
		require.Equal(t, sayNotVerified, p.say(t, "findMyAppointments", nil), name)
		require.Equal(t, 1, b.count(t, `select count(*)::int from call_logs where org_id = $1 and vapi_call_id = $2`, lakeside, p.line.CallID), name)
	}
}

// everyMessage is one of each kind that acts, for one call.
func everyMessage(l sandbox.Line) []sandbox.Message {
	outcome := sandbox.Outcome{EndedReason: "customer-ended-call", StartedAt: now, EndedAt: now.Add(60e9), Summary: "A call.",
		Turns: []sandbox.Said{{ByCaller: true, Text: "Hello zanzibar-lilac."}}}
	return []sandbox.Message{
		sandbox.ToolCalls(l, sandbox.NestedObject, sandbox.ToolCall{ID: "1", Name: "bookClinicAppointment", Arguments: atTwo()}),
		sandbox.FunctionCall(l, sandbox.ToolCall{Name: "takeMessage", Arguments: map[string]any{"message": "Hello."}}),
		sandbox.AssistantRequest(l),
		sandbox.TransferRequest(l, `{}`),
		sandbox.StatusUpdate(l, "ended", "customer-ended-call"),
		sandbox.EndOfCallReport(l, outcome, sandbox.ReportInArtifact),
	}
}

func TestNobodysCallIsRefusedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := b.rows(t)
	for name, change := range map[string]func(*sandbox.Line){
		"unknown":       func(l *sandbox.Line) { l.AssistantID, l.PhoneNumberID, l.Number = "nobody", "nobody", "+13125550999" },
		"without any":   func(l *sandbox.Line) { l.AssistantID, l.PhoneNumberID, l.Number = "", "", "" },
		"without an id": func(l *sandbox.Line) { l.CallID = "" },
	} {
		l := b.call("+13125550111").line
		change(&l)
		for _, message := range everyMessage(l) {
			answer, err := b.vapi.Post(t.Context(), sandbox.PathWebhook, message)
			require.NoError(t, err)
			require.Equal(t, 200, answer.Status, "%s %s", name, message.Type)
			require.NotContains(t, string(answer.Body), "Lakeside")
			if message.Type == "tool-calls" {
				require.Contains(t, string(answer.Body), "This line is not set up for bookings. Apologise and end the call.")
			}
		}
	}
	require.Equal(t, before, b.rows(t))
	require.Contains(t, b.metrics(t), `voxanne_tenant_refused_total{reason="unresolved"} 18`)
}

func TestAnOperatorFindsACallThatIsNobodys(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := b.call("+13125550111").line
	l.CallID, l.AssistantID = "0190aaaa-0000-7000-8000-00000000ca11", "0190aaaa-0000-7000-8000-0000000000aa"
	l.PhoneNumberID, l.Number = "zanzibar-lilac", ""
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.StatusUpdate(l, "ended", "customer-ended-call")))
	require.Contains(t, b.log.String(), `"vapi_call_id":"`+l.CallID+`"`)
	require.Contains(t, b.log.String(), `"assistant_id":"`+l.AssistantID+`"`)
	require.NotContains(t, b.log.String(), "zanzibar", "only what has an id's shape")
}

func TestIdentifiersThatDisagreeAreRefusedWithAnAlert(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := b.rows(t)
	tries := 0
	for name, change := range map[string]func(*sandbox.Line){
		"Harbor's assistant on Lakeside's number":  func(l *sandbox.Line) { l.AssistantID = "assistant-b" },
		"Harbor's number, Lakeside's number id":    func(l *sandbox.Line) { l.AssistantID, l.Number = "", "+442079460100" },
		"Harbor's number id, Lakeside's assistant": func(l *sandbox.Line) { l.PhoneNumberID, l.Number = "vapi-number-b", "" },
	} {
		l := b.call("+13125550111").line
		change(&l)
		for _, message := range everyMessage(l) {
			if message.Type == "assistant-request" && l.AssistantID != "" {
				continue // there is no assistant in it, so nothing may disagree
			}
			answer, err := b.vapi.Post(t.Context(), sandbox.PathWebhook, message)
			require.NoError(t, err)
			require.Equal(t, 200, answer.Status, "%s %s", name, message.Type)
			tries++
		}
	}
	twoAssistants := sandbox.ToolCalls(b.call("").line, sandbox.NestedObject, sandbox.ToolCall{ID: "1", Name: "bookClinicAppointment", Arguments: atTwo()}).
		With("assistant", map[string]any{"id": "assistant-b"})
	results, err := b.vapi.CallTools(t.Context(), twoAssistants)
	require.NoError(t, err)
	require.Equal(t, "This line is not set up for bookings. Apologise and end the call.", results[0].Error)
	tries++

	require.Equal(t, before, b.rows(t), "nothing was written in any table")
	alerts := 0
	for line := range strings.Lines(b.log.String()) {
		if strings.Contains(line, `"alert":true`) {
			alerts++
			require.NotContains(t, line, "+1312", "an alert names no number")
		}
	}
	require.Equal(t, tries, alerts)
	require.Contains(t, b.metrics(t), `voxanne_tenant_refused_total{reason="conflicting"} `)
}
