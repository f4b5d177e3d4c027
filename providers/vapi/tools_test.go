package vapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestDefinitionsAreTheToolsOfTheProduct(t *testing.T) {
	t.Parallel()
	defs, err := vapi.Definitions()
	require.NoError(t, err)
	parameters := map[string]string{
		"bookClinicAppointment": "anotherPerson appointmentDate appointmentTime bookingRef dateOfBirth notes partOfDay patientEmail patientName patientPhone practitioner serviceType weekday",
		"cancelAppointment":     "bookingRef currentDate currentTime patientName reason weekday",
		"checkAvailability":     "date hold partOfDay practitioner service time weekday",
		"endCall":               "",
		"findMyAppointments":    "patientName",
		"lookupCaller":          "",
		"queryKnowledgeBase":    "query",
		"rescheduleAppointment": "bookingRef currentDate currentTime newDate newTime partOfDay patientName practitioner weekday",
		"takeMessage":           "callbackNumber callerName message urgent",
		"transferCall":          "",
		"verifyCaller":          "code dateOfBirth patientName phoneNumber sendCode",
	}
	require.Len(t, defs, len(parameters))
	for _, d := range defs {
		want, known := parameters[d.Name]
		require.True(t, known, d.Name)
		require.Equal(t, d.Name == "endCall" || d.Name == "transferCall", d.Native(), d.Name)
		var body struct {
			Function struct {
				Parameters struct{ Properties map[string]any }
			}
		}
		require.NoError(t, json.Unmarshal(d.JSON, &body))
		names := strings.Fields(want)
		require.Len(t, body.Function.Parameters.Properties, len(names), d.Name)
		for _, name := range names {
			require.Contains(t, body.Function.Parameters.Properties, name, d.Name)
		}
	}
}

func TestDefinitionsAreCanonical(t *testing.T) {
	t.Parallel()
	parse := func(s string) vapi.Definition {
		d, err := vapi.ParseDefinition([]byte(s))
		require.NoError(t, err)
		return d
	}
	a := parse(`{"type":"transferCall","destinations":[]}`)
	b := parse("{\n \"destinations\": [ ],\n \"type\": \"transferCall\" }")
	c := parse(`{"type":"transferCall","destinations":[],"messages":[{"type":"request-start","content":"<One> & two"}]}`)
	require.Equal(t, a, b)
	require.Equal(t, "transferCall", a.Name)
	require.Contains(t, string(c.JSON), "<One> & two")
}

func TestValidate(t *testing.T) {
	t.Parallel()
	const good = `{"type":"function","async":false,"function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"string","description":"d"}},"required":["a"]}},"messages":[{"type":"request-start","content":"c"}]}`
	require.NoError(t, vapi.Validate([]byte(good)))
	replace := func(old, new string) string {
		require.Contains(t, good, old)
		return strings.Replace(good, old, new, 1)
	}
	for name, bad := range map[string]string{
		"nonsense":             `x`,
		"two values":           good + good,
		"unknown type":         `{"type":"google.calendar.event.create"}`,
		"unknown property":     replace(`"async"`, `"tools":[],"async"`),
		"unknown in function":  replace(`"name":"f"`, `"name":"f","maxTokens":100`),
		"server":               replace(`"async"`, `"server":{"url":"https://x"},"async"`),
		"async":                replace(`"async":false`, `"async":true`),
		"async unsaid":         replace(`"async":false,`, ``),
		"name with a blank":    replace(`"name":"f"`, `"name":"f g"`),
		"long name":            replace(`"name":"f"`, `"name":"`+strings.Repeat("f", 65)+`"`),
		"no name":              replace(`"name":"f",`, ``),
		"no description":       replace(`"name":"f","description":"d"`, `"name":"f"`),
		"long description":     replace(`"description":"d"`, `"description":"`+strings.Repeat("d", 1000)+`"`),
		"strict":               replace(`"name":"f"`, `"name":"f","strict":true`),
		"parameters no object": replace(`"type":"object"`, `"type":"array"`),
		"parameter type":       replace(`{"type":"string"`, `{"type":"money"`),
		"parameter not flat":   replace(`{"type":"string"`, `{"type":"object"`),
		"parameter untold":     replace(`"string","description":"d"`, `"string"`),
		"required unknown":     replace(`["a"]`, `["b"]`),
		"required twice":       replace(`["a"]`, `["a","a"]`),
		"request-complete":     replace(`request-start`, `request-complete`),
		"long message":         replace(`"content":"c"`, `"content":"`+strings.Repeat("c", 1000)+`"`),
		"short delay":          replace(`"request-start","content":"c"`, `"request-response-delayed","content":"c","timingMilliseconds":99`),
		"destinations":         replace(`"async"`, `"destinations":[],"async"`),
		"no function":          `{"type":"function","async":false}`,
		"transfer, no list":    `{"type":"transferCall"}`,
		"transfer somewhere":   `{"type":"transferCall","destinations":[{}]}`,
		"native with function": `{"type":"endCall","function":{"name":"f"}}`,
	} {
		require.Error(t, vapi.Validate([]byte(bad)), name)
	}
}
