package reception_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/brief"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func TestTheAssistantKnowsTheClinicAndNotTheCaller(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.family(t)
	var first sandbox.AssistantAnswer
	for i, from := range []string{theirNumber, "+13125550199", ""} {
		answer, err := b.vapi.RequestAssistant(t.Context(), sandbox.AssistantRequest(b.call(from).line))
		require.NoError(t, err)
		if i == 0 {
			first = answer
		}
		require.Equal(t, first, answer, "the same for a patient, a stranger and nobody")
	}
	require.Equal(t, "assistant-a", first.AssistantID)
	require.Equal(t, "Thank you for calling Lakeside Dental. I am an AI assistant. This call may be recorded. How can I help you?", first.FirstMessage)
	require.Equal(t, map[string]string{
		"clinicName": "Lakeside Dental", "clinicAddress": "", "today": "Monday, March 4, 2030", "timeNow": "8:00 AM", "timeZone": "America/Chicago",
		"openingHours": "Monday 9:00 AM to 5:00 PM; Tuesday 9:00 AM to 5:00 PM; Wednesday 9:00 AM to 5:00 PM; Thursday 9:00 AM to 5:00 PM; Friday 9:00 AM to 5:00 PM",
		// The price question is answered from here.
		"services":          "Checkup (30 minutes, 99.00 USD); Whitening (60 minutes)",
		"practitioners":     "Blake Reed, Dr. Avery Stone",
		"emergencySentence": "This sounds like an emergency. Please hang up and call 911, or go to the nearest emergency room, right now.",
		"callerStatus":      "not verified", "callerNames": "", "callerMemory": "", "policies": "",
		"callPurpose": "Somebody calls the clinic.", "clinicPhone": "", "calleeName": "", "visit": "", "message": "",
	}, first.VariableValues)
	require.ElementsMatch(t, brief.Names(), slices.Collect(maps.Keys(first.VariableValues)), "an unfilled placeholder would be read out")
	require.Empty(t, first.Metadata)
}

func TestTheGreetingSaysWhatTheClinicMustSay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range []struct {
		consent    string
		disclosure bool
		want       string
	}{
		{"none", false, "Thank you for calling Lakeside Dental. Hello!"},
		{"announce", false, "Thank you for calling Lakeside Dental. This call may be recorded. Hello!"},
		{"ask", true, "Thank you for calling Lakeside Dental. I am an AI assistant. May this call be recorded? Hello!"},
	} {
		b.database.Exec(t, `update organizations set recording_consent = $1, ai_disclosure = $2 where slug = 'lakeside'`, c.consent, c.disclosure)
		b.database.Exec(t, `update agents set first_message = 'Hello!'`)
		answer, err := b.vapi.RequestAssistant(t.Context(), sandbox.AssistantRequest(b.call("").line))
		require.NoError(t, err)
		require.Equal(t, c.want, answer.FirstMessage)
	}
}

func TestWithoutAnAssistantTheClinicsOwnLineRings(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.database.Exec(t, `delete from assistant_routes where vapi_assistant_id = 'assistant-a'`)
	_, err := b.vapi.RequestAssistant(t.Context(), sandbox.AssistantRequest(b.call("").line))
	var trouble *sandbox.TroubleError
	require.ErrorAs(t, err, &trouble)

	line := b.call("").line
	line.Number, line.PhoneNumberID = "+13125550999", "nobody"
	answer, err := b.vapi.RequestAssistant(t.Context(), sandbox.AssistantRequest(line))
	require.NoError(t, err)
	require.Equal(t, "Sorry, this number is not in service.", answer.Error, "a number of nobody is refused, not rung")
}

func TestAClinicThatTrustsNumbersTellsTheAssistantWhoCalls(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.family(t)
	b.database.Exec(t, `update organizations set identity_factor = 'calling_number' where slug = 'lakeside'`)
	answer, err := b.vapi.RequestAssistant(t.Context(), sandbox.AssistantRequest(b.call(theirNumber).line))
	require.NoError(t, err)
	require.Equal(t, "Max, Zoë", answer.VariableValues["callerNames"])
}

func TestCallersArePutThrough(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.database.Exec(t, `insert into departments (org_id, location_id, name, phone)
values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 'billing', '+13125550160')`)
	b.database.SetClock(t, now.Add(4*time.Hour))
	transfer := func(p *phone, args string) (string, string) {
		to, refusal, err := b.vapi.RequestTransfer(t.Context(), sandbox.TransferRequest(p.line, args))
		require.NoError(t, err)
		if to == nil {
			return "", refusal
		}
		require.Equal(t, "One moment, I am putting you through.", to.Message)
		return to.Number, ""
	}
	const unreachable = "Nobody can be reached by transfer right now. Offer to take a message."
	number := func(n, _ string) string { return n }
	refusal := func(_, r string) string { return r }

	require.Equal(t, "+13125550160", number(transfer(b.call("+13125550111"), `{"department":"Billing"}`)))
	require.Equal(t, "+13125550150", number(transfer(b.call("+13125550112"), `{"department":"gardening"}`)), "else the clinic's own line")
	p := b.call("+13125550113")
	require.Equal(t, "+13125550150", number(transfer(p, `{}`)))
	require.Equal(t, "+13125550150", number(transfer(p, `{}`)), "the same request delivered again is the same transfer")
	p.line.At = p.line.At.Add(time.Minute)
	require.Equal(t, unreachable, refusal(transfer(p, `{}`)), "once in ten minutes")
	require.Equal(t, unreachable, refusal(transfer(b.call("+13125550113"), `{}`)), "also when they call again")
	b.database.SetClock(t, now.Add(4*time.Hour+11*time.Minute))
	require.Equal(t, "+13125550150", number(transfer(b.call("+13125550113"), `{}`)))
	require.Equal(t, unreachable, refusal(transfer(b.call("+13125550150"), `{}`)), "the line that would ring is the caller's own")
	b.database.Exec(t, `update locations set phone = '+13125550100' where org_id = $1`, lakeside)
	require.Equal(t, unreachable, refusal(transfer(b.call("+13125550114"), `{}`)), "a number of ours would ring us again")
	b.database.SetClock(t, now.Add(12*time.Hour))
	require.Equal(t, unreachable, refusal(transfer(b.call("+13125550115"), `{}`)))
	require.Equal(t, "Nobody can take the call: the clinic is closed. Offer to take a message.",
		refusal(transfer(b.call("+13125550115"), `{"department":"billing"}`)))
	require.Equal(t, 4, b.count(t, `select count(*)::int from audit_log where action = 'caller_transferred'`))
}
