package reception_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const (
	emergencySentence = "This sounds like an emergency. Call 911 now. Lakeside cannot help on this line."
	trouble           = "my father has chest pain and can't breathe"
)

// ownSentence gives Lakeside an emergency sentence of its own.
func (b *bundle) ownSentence(t *testing.T) {
	t.Helper()
	b.database.Exec(t, `update organizations set emergency_sentence = $1 where slug = 'lakeside'`, emergencySentence)
}

// left is what calls leave besides their own row: bookings, holds, tries, messages, people.
const left = `select (select count(*) from appointments) + (select count(*) from booking_attempts) + (select count(*) from caller_messages)
  + (select count(*) from caller_verifications) + (select count(*) from contacts) + (select count(*) from patients)
  + (select count(*) from notifications) + (select count(*) from audit_log)`

// An emergency in any argument of any tool ends all business.
func TestAnEmergencyInAnyArgumentOfAnyTool(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ownSentence(t)
	good := map[string]any{
		"appointmentDate": "2030-03-05", "appointmentTime": "2 pm", "patientName": "Ann Quillfeather", "serviceType": "checkup",
		"date": "2030-03-05", "time": "2 pm", "service": "checkup", "hold": "true", "newDate": "2030-03-06", "newTime": "2 pm",
		"currentDate": "2030-03-05", "dateOfBirth": "1984-05-06", "message": "Please call me back."}
	p := b.call(theirNumber)
	tried := 0
	for tool, properties := range toolProperties(t) {
		for _, property := range append(properties, "somethingNew", "clinic") {
			args := map[string]any{}
			for _, name := range properties {
				if value, known := good[name]; known {
					args[name] = value
				}
			}
			args[property] = trouble
			answer := p.ask(t, tool, args)
			require.Equal(t, emergencySentence, answer.Result, "%s %s", tool, property)
			tried++
		}
		nested := p.ask(t, tool, map[string]any{"details": map[string]any{"notes": []any{"tell them " + trouble}}})
		require.Equal(t, emergencySentence, nested.Result, "%s nested", tool)
	}
	require.Greater(t, tried, 30)
	require.Zero(t, b.count(t, left), "no booking, no hold, no try, no message")
}

// toolProperties is every function tool with the arguments its definition names.
func toolProperties(t *testing.T) map[string][]string {
	t.Helper()
	definitions, err := vapi.Definitions()
	require.NoError(t, err)
	tools := map[string][]string{}
	for _, d := range definitions {
		if d.Native() {
			continue
		}
		var body struct {
			Function struct {
				Parameters struct{ Properties map[string]any }
			}
		}
		require.NoError(t, json.Unmarshal(d.JSON, &body))
		tools[d.Name] = []string{}
		for name := range body.Function.Parameters.Properties {
			tools[d.Name] = append(tools[d.Name], name)
		}
	}
	require.NotEmpty(t, tools)
	return tools
}

func TestAnEmergencyStopsTheHarmlessCallsBesideIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ownSentence(t)
	p := b.call("+13125550111")
	results, err := b.vapi.CallTools(t.Context(), sandbox.ToolCalls(p.line, sandbox.NestedText,
		sandbox.ToolCall{ID: "1", Name: "bookClinicAppointment", Arguments: map[string]any{"appointmentDate": "2030-03-05",
			"appointmentTime": "2 pm", "patientName": "Ann Quillfeather", "serviceType": "checkup"}},
		sandbox.ToolCall{ID: "2", Name: "takeMessage", Arguments: map[string]any{"message": trouble}}))
	require.NoError(t, err)
	require.Equal(t, emergencySentence, results[0].Result)
	require.Equal(t, emergencySentence, results[1].Result)
	require.Zero(t, b.count(t, left))
}

func TestAnEmergencyIsHeardInBrokenArgumentsAndOldShapes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ownSentence(t)
	p := b.call("+13125550111")
	cut := sandbox.ToolCalls(p.line, sandbox.NestedObject, sandbox.ToolCall{ID: "1", Name: "bookClinicAppointment"}).
		With("toolCallList", []any{map[string]any{"id": "1", "function": map[string]any{
			"name": "bookClinicAppointment", "arguments": `{"notes":"` + trouble + `","appointmentDa`}}})
	results, err := b.vapi.CallTools(t.Context(), cut)
	require.NoError(t, err)
	require.Equal(t, emergencySentence, results[0].Result)

	said, err := b.vapi.CallFunction(t.Context(), sandbox.FunctionCall(p.line,
		sandbox.ToolCall{Name: "bookClinicAppointment", Arguments: map[string]any{"notes": trouble}}))
	require.NoError(t, err)
	require.Equal(t, emergencySentence, said)
	require.Equal(t, emergencySentence, p.say(t, "noSuchTool", map[string]any{"x": trouble}))
	require.Zero(t, b.count(t, left))
}

func TestWhatIsDeniedIsNoEmergency(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ownSentence(t)
	for i, notes := range []string{"No chest pain, just a checkup.", "He has no trouble breathing.", "Was told there is no severe bleeding."} {
		at := []string{"10 am", "11 am", "1 pm"}[i]
		require.Contains(t, b.call("").book(t, at, "Ann Quillfeather", map[string]any{"notes": notes}).Result, "Booked: ", notes)
	}
	require.Equal(t, 3, b.count(t, booked))
}

func TestNobodyIsPutThroughInAnEmergency(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ownSentence(t)
	b.database.SetClock(t, now.Add(4*3600e9)) // noon: the clinic is open
	for name, message := range map[string]func(*phone) sandbox.Message{
		"said by the caller": func(p *phone) sandbox.Message {
			return sandbox.TransferRequest(p.line, `{}`).With("messages", nil).With("artifact", map[string]any{"messages": []any{
				map[string]any{"role": "user", "message": trouble, "time": 1, "secondsFromStart": 1},
				map[string]any{"role": "tool_calls", "message": "", "toolCalls": []any{map[string]any{"id": "t", "type": "function",
					"function": map[string]any{"name": "transferCall", "arguments": `{}`}}}}}})
		},
		"in the reason":     func(p *phone) sandbox.Message { return sandbox.TransferRequest(p.line, `{"reason":"`+trouble+`"}`) },
		"in the department": func(p *phone) sandbox.Message { return sandbox.TransferRequest(p.line, `{"department":"`+trouble+`"}`) },
		"in another field":  func(p *phone) sandbox.Message { return sandbox.TransferRequest(p.line, `{"context":"`+trouble+`"}`) },
	} {
		to, refusal, err := b.vapi.RequestTransfer(t.Context(), message(b.call("+13125550111")))
		require.NoError(t, err, name)
		require.Nil(t, to, name)
		require.Equal(t, emergencySentence, refusal, name)
	}
	require.Zero(t, b.count(t, left))
	to, _, err := b.vapi.RequestTransfer(t.Context(), sandbox.TransferRequest(b.call("+13125550111").line, `{}`))
	require.NoError(t, err)
	require.NotNil(t, to, "without an emergency the same call is put through")
}

func TestAStrangersLineStillHearsAnEmergencySentence(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	p.line.PhoneNumberID, p.line.Number, p.line.AssistantID = "nobody", "+13125550999", "nobody"
	answer := p.ask(t, "bookClinicAppointment", map[string]any{"notes": trouble})
	require.Equal(t, "This sounds like an emergency. Please hang up and call the emergency services right now.", answer.Result)
	require.Contains(t, b.metrics(t), `voxanne_tenant_refused_total{reason="unresolved"} 1`)

	_, refusal, err := b.vapi.RequestTransfer(t.Context(), sandbox.TransferRequest(p.line, `{"reason":"`+trouble+`"}`))
	require.NoError(t, err)
	require.Equal(t, answer.Result, refusal)
}
