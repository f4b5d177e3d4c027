package erasure_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// What is known of the person, who has two telephones.
const (
	name    = "Zenobia Quillmark"
	first   = "+13125550177"
	second  = "+13125550166"
	address = "zenobia.quillmark@patients.example"
	words   = "zanzibar-lilac"
)

// call is one on Lakeside's line.
type call struct {
	b    *bundle
	line sandbox.Line
	asks int
}

func (b *bundle) call(id, from string) *call {
	return &call{b: b, line: sandbox.Line{CallID: id, PhoneNumberID: "vapi-number-a", Number: clinicNumber, AssistantID: "assistant-a", Customer: from, At: now}}
}

// say calls a tool and returns what the caller hears.
func (c *call) say(t *testing.T, tool string, args map[string]any) string {
	t.Helper()
	c.asks++
	results, err := c.b.vapi.CallTools(t.Context(), sandbox.ToolCalls(c.line, sandbox.NestedObject,
		sandbox.ToolCall{ID: fmt.Sprintf("%s-%d", c.line.CallID, c.asks), Name: tool, Arguments: args}))
	require.NoError(t, err)
	return results[0].Text()
}

// end is the report of a recorded call, in which the caller said who they are.
func (c *call) end() sandbox.Message {
	return sandbox.EndOfCallReport(c.line, sandbox.Outcome{
		EndedReason: "customer-ended-call", StartedAt: now.Add(-time.Minute), EndedAt: now, Summary: name + " spoke of " + words, Recorded: true,
		Turns: []sandbox.Said{{Text: "How can I help?"}, {ByCaller: true, Text: "This is " + name + ", my number is " + first + ", " + words}},
	}, sandbox.ReportInArtifact)
}

// plant makes the person known in as many places as there are doors, and returns the contact's id.
func (b *bundle) plant(t *testing.T) (contact string) {
	t.Helper()
	// Texts from a number that nobody has yet.
	for _, from := range []string{first, second} {
		_, err := b.twilio.Receive(t.Context(), b.url+"/api/twilio/inbound", from, clinicNumber, words+", says "+name)
		require.NoError(t, err)
	}
	made := b.ask(t, "POST /api/contacts", `{"name": "`+name+`", "phone": "`+first+`", "email": "`+address+`", "notes": "`+words+`", "marketing_consent": true}`)
	contact = made["id"].(string)
	b.ask(t, "POST /api/contacts/"+contact+"/patients", `{"name": "Quillmark the younger", "date_of_birth": "1982-03-05"}`)
	b.voice(t)
	other := b.text(t, `select id::text from contacts where phone = $1`, second)
	web := b.text(t, `select id::text from contacts where phone is null and spoken_phone is not null`)
	b.ask(t, "POST /api/contacts/"+contact+"/merge", `{"contact_id": "`+other+`"}`)
	b.ask(t, "POST /api/contacts/"+contact+"/merge", `{"contact_id": "`+web+`"}`)
	b.dashboard(t, contact)
	b.work(t)
	return contact
}

// voice is what callers leave: visits, messages, questions, codes, words and recordings.
func (b *bundle) voice(t *testing.T) {
	t.Helper()
	for i, from := range []string{first, second} {
		c := b.call(fmt.Sprintf("spoken-%d", i), from)
		require.NoError(t, b.vapi.Tell(t.Context(), sandbox.StatusUpdate(c.line, "in-progress", "")))
		require.Contains(t, c.say(t, "bookClinicAppointment", map[string]any{"appointmentDate": "2030-03-05", "appointmentTime": fmt.Sprintf("1%d:00", i),
			"patientName": name, "serviceType": "checkup", "dateOfBirth": "1982-03-05", "email": address}), "Booking reference")
		c.say(t, "takeMessage", map[string]any{"message": words + " for " + name, "callerName": name, "phoneNumber": first})
		c.say(t, "queryKnowledgeBase", map[string]any{"question": "Do you treat " + words + " on lasers?"})
		c.say(t, "verifyCaller", map[string]any{"sendCode": "yes"})
		c.say(t, "verifyCaller", map[string]any{"dateOfBirth": "1982-03-05", "patientName": name})
		c.say(t, "findMyAppointments", nil)
		require.NoError(t, b.vapi.Tell(t.Context(), c.end()))
	}
	// Somebody tries the agent out in the browser and gives the same name.
	web := b.call("web-1", "")
	web.line.Kind, web.line.ISOTime = "webCall", true
	require.Contains(t, web.say(t, "bookClinicAppointment", map[string]any{"appointmentDate": "2030-03-05", "appointmentTime": "14:00",
		"patientName": name, "serviceType": "checkup", "phoneNumber": first}), "Booking reference")
	require.NoError(t, b.vapi.Tell(t.Context(), web.end()))
	// Two that hung up; the report of the second is on its way.
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.StatusUpdate(b.call("silent-1", second).line, "in-progress", "")))
	b.work(t)
}

// dashboard is what the team adds.
func (b *bundle) dashboard(t *testing.T, contact string) {
	t.Helper()
	heard := "/api/calls-dashboard/" + b.text(t, `select id::text from call_logs where vapi_call_id = 'spoken-0'`)
	b.ask(t, "POST "+heard+"/share", `{"email": "`+address+`"}`)
	b.ask(t, "POST "+heard+"/share", `{"email": "brother.quillmark@patients.example"}`)
	b.ask(t, "POST "+heard+"/transcript/export", `{"format": "pdf"}`)
	b.ask(t, "POST "+heard+"/followup", `{"message": "`+words+`", "method": "sms"}`)
	b.database.SetClock(t, now.Add(2*time.Hour)) // nobody is written to twice within the hour
	b.ask(t, "POST /api/contacts/"+contact+"/sms", `{"message": "`+words+` again"}`)
	b.ask(t, "POST /api/contacts/"+contact+"/call-back", `{}`)
	b.ask(t, "PATCH /api/appointments/"+b.text(t, `select id::text from appointments where status = 'confirmed' order by scheduled_at limit 1`), `{"notes": "`+words+`"}`)
	b.ask(t, "POST /api/appointments/"+b.text(t, `select id::text from appointments where status = 'confirmed' order by scheduled_at desc limit 1`)+"/cancel", `{"reason": "`+words+`"}`)
	template := b.ask(t, "POST /api/message-templates", `{"kind": "marketing", "name": "Recall", "body": "{clinic} misses {first_name}"}`)
	campaign := b.ask(t, "POST /api/campaigns", `{"name": "Spring", "steps": [{"templateId": "`+template["id"].(string)+`", "afterMinutes": 0}]}`)
	b.ask(t, "POST /api/campaigns/"+campaign["id"].(string)+"/start", "")
	b.ask(t, "POST /api/contacts/"+contact+"/opt-out", "")
}

func TestOfAnErasedPersonNothingIsFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	contact := b.plant(t)
	require.Subset(t, b.found(t), []string{
		"public.appointments.notes", "public.call_logs.from_number", "public.call_logs.transcript", "public.caller_messages.body",
		"public.contacts.former_phones", "public.contacts.name", "public.contacts.search_text", "public.idempotency_keys.response",
		"public.knowledge_gaps.question", "public.messages.content", "public.messages.recipient", "public.opt_outs.phone",
		"public.outbound_calls.to_number", "public.patients.date_of_birth", "public.recording_shares.recipient",
	}, "control: it is all there to be found")
	require.Equal(t, 3, b.stored(t), "and heard")

	status, _ := b.try(t, "POST /api/contacts/"+contact+"/erase", "")
	require.Equal(t, http.StatusConflict, status, "a visit is ahead")
	b.database.SetClock(t, now.Add(48*time.Hour))
	b.ask(t, "POST /api/contacts/"+contact+"/erase", "")
	b.work(t)
	require.Empty(t, b.found(t))
	require.Zero(t, b.stored(t))

	// What comes late, and a caller who still talks.
	late := b.call("silent-1", second)
	require.NoError(t, b.vapi.Tell(t.Context(), late.end()))
	for i, from := range []string{first, second} {
		c := b.call(fmt.Sprintf("spoken-%d", i), from)
		require.NoError(t, b.vapi.Tell(t.Context(), c.end()))
		c.say(t, "takeMessage", map[string]any{"message": words, "callerName": name, "phoneNumber": first})
		c.say(t, "queryKnowledgeBase", map[string]any{"question": "Do you treat " + words + " on peels?"})
		c.say(t, "bookClinicAppointment", map[string]any{"appointmentDate": "2030-03-07", "appointmentTime": "10:00", "patientName": name, "serviceType": "checkup"})
		c.say(t, "checkAvailability", map[string]any{"appointmentDate": words, "serviceType": "checkup"})
	}
	b.work(t)
	require.Empty(t, b.found(t), "brings nothing back")
	require.Zero(t, b.stored(t))

	entries := b.ask(t, "GET /api/audit-log?action=contact_erased", "")["entries"].([]any)
	require.Len(t, entries, 1)
	require.Equal(t, contact, entries[0].(map[string]any)["entity_id"])
}

// text is the text a query answers with, seen by the owner.
func (b *bundle) text(t *testing.T, query string, args ...any) (s string) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), query, args...).Scan(&s), query)
	return s
}
