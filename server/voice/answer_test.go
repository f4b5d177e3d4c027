package voice

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden compares an answer byte for byte with testdata/<name>, which is what goes over the wire.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	want, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got)+"\n")
}

func calls(t *testing.T, typ, list string) Message {
	t.Helper()
	return parsed(t, message(`"type":"`+typ+`","toolCallList":`+list))
}

func TestAnswersAsGoldenFiles(t *testing.T) {
	t.Parallel()
	two := calls(t, TypeToolCalls, `[{"id":"call_b","name":"bookClinicAppointment"},{"id":"call_a","name":"checkAvailability"}]`)
	one := calls(t, TypeToolCalls, `[{"id":"call_b","name":"bookClinicAppointment"}]`)
	noID := calls(t, TypeToolCalls, `[{"name":"takeMessage"}]`)
	legacy := parsed(t, message(`"type":"function-call","functionCall":{"name":"f","parameters":{}}`))
	for name, got := range map[string][]byte{
		"answer-one.json":      one.Answer([]Outcome{Said("You are booked for Tuesday, May 5th\r\nat 2 pm, \"Dr. Quill\" & <team>.\u2028Bye.\x00")}),
		"answer-refused.json":  one.Answer([]Outcome{Refused("That time was just taken. Offer 2:30 or 3 pm.")}),
		"answer-several.json":  two.Answer([]Outcome{Said("Booked."), Refused("Closed on Sundays.")}),
		"answer-missing.json":  two.Answer([]Outcome{Said(" \n ")}),
		"answer-no-id.json":    noID.Answer([]Outcome{Said("Taken.")}),
		"answer-no-calls.json": parsed(t, message(`"type":"tool-calls"`)).Answer(nil),
		"answer-legacy.json":   legacy.Answer([]Outcome{Said("Booked.\nBye.")}),
		"assistant.json": UseAssistant("a-1", Overrides{FirstMessage: "Hello\x07", VariableValues: map[string]string{"clinic": "Lakeside & Co", "hours": "Mon\nTue"},
			Metadata: map[string]string{"k": "v"}}),
		"assistant-plain.json":   UseAssistant("a-1", Overrides{}),
		"assistant-refused.json": RefuseCall("This line is\nclosed."),
		"transfer-number.json":   PutThrough(Destination{Number: "+13125550109", Extension: "12", CallerID: "+13125550100", Message: "Connecting\nyou."}),
		"transfer-sip.json":      PutThrough(Destination{SIPURI: "sip:desk@clinic.example"}),
		"transfer-refused.json":  RefuseTransfer("Nobody can take calls now; offer to take a message."),
		"transfer-nowhere.json":  PutThrough(Destination{}),
		"acknowledge.json":       Acknowledge(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name, got)
		})
	}
}

func TestAProblemIsTheAnswerWhenThereIsNoOutcome(t *testing.T) {
	t.Parallel()
	m := calls(t, TypeToolCalls, `[{"id":"1","name":"f","arguments":"{"}]`)
	var answer toolAnswer
	require.NoError(t, json.Unmarshal(m.Answer(nil), &answer))
	require.Equal(t, []toolResult{{ToolCallID: "1", Name: "f", Error: problemBrokenJSON}}, answer.Results)
}

func TestSingleLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\n\nb": "a b", " a\tb\r\n": "a b", "a\u0085b\u2029c": "a b c", "\x00\x1b[31m": "[31m", "é\xff!": "é !", "": "",
	} {
		require.Equal(t, want, singleLine(in))
	}
}
