package voice

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// message wraps the fields of one message in a body.
func message(fields string) []byte { return []byte(`{"message":{` + fields + `}}`) }

func parsed(t testing.TB, body []byte) Message {
	t.Helper()
	m, err := Parse(body)
	require.NoError(t, err, string(body))
	return m
}

func TestParseReadsTheCommonFields(t *testing.T) {
	t.Parallel()
	m := parsed(t, message(`"type":"status-update","timestamp":1777900012345,"status":"ended","endedReason":"customer-ended-call",
		"call":{"id":"019df","orgId":"vapi-org","type":"inboundPhoneCall","status":"ringing","assistantId":"A1","phoneNumberId":"P1","createdAt":"2026-05-04T13:06:00.000Z"},
		"phoneNumber":{"id":"p1","number":"+13125550100","assistantId":"other"},"customer":{"number":"+13125550123"},"assistant":{"id":"a1"}`))
	require.Equal(t, TypeStatusUpdate, m.Type)
	require.Equal(t, time.UnixMilli(1777900012345).UTC(), m.Timestamp)
	require.Equal(t, Call{ID: "019df", Type: CallInbound, AssistantID: "A1", PhoneNumberID: "P1",
		CreatedAt: time.Date(2026, 5, 4, 13, 6, 0, 0, time.UTC)}, m.Call)
	require.Equal(t, Route{AssistantIDs: []string{"A1"}, PhoneNumberIDs: []string{"p1"}, Numbers: []string{"+13125550100"}}, m.Route)
	require.Equal(t, Caller{Number: "+13125550123"}, m.Caller)
	require.Equal(t, StatusEnded, m.Status)
	require.Equal(t, "customer-ended-call", m.EndedReason)
}

func TestParseReadsEveryTimestamp(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 5, 4, 13, 6, 52, 0, time.UTC)
	for sent, want := range map[string]time.Time{
		`1777900012000`:               want,
		`1777900012000.0`:             want,
		`1777900012`:                  want,
		`"1777900012000"`:             want,
		`"2026-05-04T13:06:52.000Z"`:  want,
		`"2026-05-04T08:06:52-05:00"`: want,
		`"yesterday"`:                 {},
		`1e300`:                       {},
		`-5`:                          {},
		`null`:                        {},
		`{}`:                          {},
	} {
		require.Equal(t, want, parsed(t, message(`"type":"hang","timestamp":`+sent)).Timestamp, sent)
	}
}

func TestParseReadsEveryArgumentShape(t *testing.T) {
	t.Parallel()
	object := `{"date":"2026-05-05","patientName":"Ann Quillby"}`
	quoted, _ := json.Marshal(object)
	twice, _ := json.Marshal(string(quoted))
	nested := func(args string) string {
		return `"toolCallList":[{"id":"call_1","type":"function","function":{"name":"f","arguments":` + args + `}}]`
	}
	flat := func(key string) string { return `{"id":"call_1","name":"f","` + key + `":` + object + `}` }
	for name, list := range map[string]string{
		"object":              nested(object),
		"text":                nested(string(quoted)),
		"text twice":          nested(string(twice)),
		"nested parameters":   `"toolCallList":[{"id":"call_1","function":{"name":"f","parameters":` + object + `}}]`,
		"flat arguments":      `"toolCallList":[` + flat("arguments") + `]`,
		"flat parameters":     `"toolCallList":[` + flat("parameters") + `]`,
		"toolCalls":           `"toolCalls":[` + flat("arguments") + `]`,
		"empty list first":    `"toolCallList":[],"toolCalls":[` + flat("arguments") + `]`,
		"duplicate list":      `"toolCalls":[` + flat("arguments") + `],` + nested(object),
		"toolWithToolCall":    `"toolWithToolCallList":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}},"parameters":[{"key":"date","value":"x"}],"toolCall":{"id":"call_1","function":{"name":"f","arguments":` + object + `}}}]`,
		"toolWithToolCall 2":  `"toolWithToolCallList":[{"type":"function","name":"f","toolCall":{"id":"call_1","parameters":` + object + `}}]`,
		"single toolCall":     `"toolCall":` + flat("arguments"),
		"static parameters":   `"toolCallList":[{"id":"call_1","name":"f","parameters":[{"key":"k","value":"v"}],"arguments":` + object + `}]`,
		"entries of no shape": `"toolCallList":[null,7,"x",` + flat("arguments") + `]`,
	} {
		m := parsed(t, message(`"type":"tool-calls",`+list))
		require.Len(t, m.ToolCalls, 1, name)
		require.Equal(t, ToolCall{ID: "call_1", Name: "f", Args: Args{"date": "2026-05-05", "patientName": "Ann Quillby"}}, m.ToolCalls[0], name)
	}
	for _, nothing := range []string{`null`, `""`, `"  "`, `{}`, `"{}"`, `"null"`} {
		m := parsed(t, message(`"type":"tool-calls",`+nested(nothing)))
		require.Equal(t, ToolCall{ID: "call_1", Name: "f", Args: Args{}}, m.ToolCalls[0], nothing)
	}
}

func TestParseReadsLegacyBodies(t *testing.T) {
	t.Parallel()
	args := Args{"date": "2026-05-05"}
	for name, c := range map[string]struct {
		body string
		typ  string
		call ToolCall
	}{
		"function-call":       {`{"message":{"type":"function-call","functionCall":{"name":"f","parameters":{"date":"2026-05-05"}}}}`, TypeFunctionCall, ToolCall{Name: "f", Args: args}},
		"function-call text":  {`{"message":{"type":"function-call","functionCall":{"name":"f","parameters":"{\"date\":\"2026-05-05\"}"}}}`, TypeFunctionCall, ToolCall{Name: "f", Args: args}},
		"tool object":         {`{"toolCallId":"c","tool":{"name":"f","arguments":{"date":"2026-05-05"}}}`, TypeToolCalls, ToolCall{ID: "c", Name: "f", Args: args}},
		"tool and params":     {`{"tool":"f","params":{"clinic_id":"x","date":"2026-05-05"}}`, TypeToolCalls, ToolCall{Name: "f", Args: args}},
		"function and org":    {`{"function":"f","org_id":"x","parameters":{"date":"2026-05-05"}}`, TypeToolCalls, ToolCall{Name: "f", Args: args}},
		"toolCall":            {`{"toolCall":{"id":"c","function":{"name":"f","arguments":"{\"date\":\"2026-05-05\"}"}}}`, TypeToolCalls, ToolCall{ID: "c", Name: "f", Args: args}},
		"arguments":           {`{"toolCallId":"c","arguments":{"date":"2026-05-05"}}`, TypeToolCalls, ToolCall{ID: "c", Args: args}},
		"bare":                {`{"date":"2026-05-05","tenantId":"x","call":{"id":"k"},"metadata":{"org_id":"x"}}`, TypeToolCalls, ToolCall{Args: args}},
		"top-level tool list": {`{"type":"tool-calls","toolCallList":[{"id":"c","name":"f","arguments":{"date":"2026-05-05"}}]}`, TypeToolCalls, ToolCall{ID: "c", Name: "f", Args: args}},
	} {
		m := parsed(t, []byte(c.body))
		require.Equal(t, c.typ, m.Type, name)
		require.Equal(t, []ToolCall{c.call}, m.ToolCalls, name)
	}
}

func TestParseKeepsTheOrderOfSeveralCalls(t *testing.T) {
	t.Parallel()
	m := parsed(t, message(`"type":"tool-calls","toolCallList":[{"id":"b","name":"f"},{"name":"g"},{"id":"a","name":"f"}]`))
	require.Equal(t, []ToolCall{{ID: "b", Name: "f", Args: Args{}}, {Name: "g", Args: Args{}}, {ID: "a", Name: "f", Args: Args{}}}, m.ToolCalls)
}

func TestParseRefusesOneCallAndKeepsTheOthers(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", MaxArgumentText+1)
	m := parsed(t, message(`"type":"tool-calls","toolCallList":[
		{"id":"1","name":"f","arguments":"{\"message\":\"I cannot brea"},
		{"id":"2","name":"f","arguments":[1]},{"id":"3","name":"f","arguments":"[\"my chest hurts\"]"},
		{"id":"4","name":"f","arguments":{"notes":"`+long+`"}},{"id":"5","name":"f","arguments":{"a":{"b":["`+long+`"]}}},
		{"id":"6","name":"f","arguments":{"notes":"`+long[1:]+`"}}]`))
	require.Equal(t, problemBrokenJSON, m.ToolCalls[0].Problem)
	require.Contains(t, m.ToolCalls[0].AllText()[0], "I cannot brea", "an emergency in cut-off JSON is still heard")
	require.Empty(t, m.ToolCalls[1].Problem, "a list is no place for arguments: nothing was sent")
	require.Equal(t, problemNotAnObject, m.ToolCalls[2].Problem)
	require.Equal(t, []string{"my chest hurts"}, m.ToolCalls[2].AllText())
	require.Equal(t, fmt.Sprintf(problemTooLong, "notes", MaxArgumentText), m.ToolCalls[3].Problem)
	require.Equal(t, fmt.Sprintf(problemTooLong, "a", MaxArgumentText), m.ToolCalls[4].Problem)
	require.Empty(t, m.ToolCalls[5].Problem)
}

func TestParseGivesCallsPastTheLimitAProblem(t *testing.T) {
	t.Parallel()
	m := parsed(t, message(`"type":"tool-calls","toolCallList":[`+
		strings.TrimSuffix(strings.Repeat(`{"id":"x","name":"f","arguments":{"notes":"hello"}},`, MaxToolCalls+2), ",")+`]`))
	require.Len(t, m.ToolCalls, MaxToolCalls+2)
	require.Empty(t, m.ToolCalls[MaxToolCalls-1].Problem)
	for _, call := range m.ToolCalls[MaxToolCalls:] {
		require.Equal(t, problemTooMany, call.Problem)
		require.Equal(t, "x", call.ID)
		require.Equal(t, []string{"hello"}, call.AllText(), "an emergency is heard in it all the same")
	}
}

func TestParseRefusesBodies(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]error{
		``: ErrNotJSON, `{`: ErrNotJSON, `{} {}`: ErrNotJSON, `{}x`: ErrNotJSON, `nul`: ErrNotJSON,
		`[]`: ErrNotAnObject, `null`: ErrNotAnObject, `"x"`: ErrNotAnObject, `7`: ErrNotAnObject,
		`{}`: ErrNoType, `{"message":{}}`: ErrNoType, `{"message":{"call":{"id":"x"}}}`: ErrNoType, `{"org_id":"x"}`: ErrNoType,
	} {
		_, err := Parse([]byte(body))
		require.ErrorIs(t, err, want, body[:min(len(body), 60)])
	}
}

func TestParseAcceptsUnknownTypesAndWrongFieldTypes(t *testing.T) {
	t.Parallel()
	m := parsed(t, message(`"type":"moon-phase","call":7,"customer":[],"phoneNumber":"x","assistant":null,"toolCallList":{},"artifact":1`))
	require.Equal(t, Message{Type: "moon-phase"}, m)
	require.True(t, m.Route.Empty())
	m = parsed(t, message(`"type":"end-of-call-report","artifact":{"messages":[1,{"role":3}],"recording":7},"analysis":[],"costs":{},"startedAt":{}`))
	require.Equal(t, &Report{Recording: Recording{MonoURL: "7"}}, m.Report)
}

func TestParseFindsContradictions(t *testing.T) {
	t.Parallel()
	for fields, conflict := range map[string]bool{
		`"call":{"assistantId":"a"},"assistant":{"id":"b"}`:                                                    true,
		`"call":{"assistantId":"a"},"assistant":{"id":"A"}`:                                                    false,
		`"call":{"phoneNumberId":"p"},"phoneNumber":{"id":"q"}`:                                                true,
		`"call":{"phoneNumber":{"number":"+13125550100"}},"phoneNumber":{"number":"13125550100"}`:              false,
		`"call":{"phoneNumber":{"number":"+13125550100"}},"phoneNumber":{"number":"+13125550101"}`:             true,
		`"phoneNumber":{"number":"sip:desk@a.example"},"call":{"phoneNumber":{"number":"SIP:desk@A.example"}}`: false,
		`"phoneNumber":{"id":"p","assistantId":"other"},"call":{"assistantId":"a"}`:                            false,
		`"call":{}`: false,
	} {
		require.Equal(t, conflict, parsed(t, message(`"type":"hang",`+fields)).Route.Conflict, fields)
	}
}

func TestParseReadsTheCaller(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]Caller{
		`"call":{"type":"webCall"}`:                                                            {},
		`"customer":{"number":""}`:                                                             {},
		`"customer":{"number":"anonymous"}`:                                                    {Number: "anonymous"},
		`"call":{"customer":{"number":"+13125550123"}}`:                                        {Number: "+13125550123"},
		`"customer":{"number":13125550123}`:                                                    {Number: "13125550123"},
		`"customer":{"sipUri":"sip:x@y.example"}`:                                              {SIPURI: "sip:x@y.example", SIP: true},
		`"customer":{"number":"sip:x@y.example"}`:                                              {Number: "sip:x@y.example", SIP: true},
		`"customer":{"number":"+13125550123"},"call":{"customer":{"number":"+13125550124"}}`:   {},
		`"customer":{"number":"+13125550123"},"call":{"customer":{"number":"+1 312 5550123"}}`: {Number: "+13125550123"},
	} {
		require.Equal(t, want, parsed(t, message(`"type":"hang",`+fields)).Caller, fields)
	}
}

func TestTenantIdsNeverReachTheServer(t *testing.T) {
	t.Parallel()
	const planted = "0000-planted-tenant"
	keys := []string{"orgId", "org_id", "ORG-ID", "org\\u0000Id", "tenantId", "tenant_id", "organizationId", "clinic_id", "tenant"}
	var args strings.Builder
	for _, key := range keys {
		fmt.Fprintf(&args, `"%s":"%s",`, key, planted)
	}
	flat := `{` + args.String() + `"deep":[{` + args.String() + `"a":1}],"date":"2026-05-05"}`
	m := parsed(t, message(`"type":"tool-calls","metadata":{"org_id":"`+planted+`"},"customer":{"metadata":{"org_id":"`+planted+`"}},
		"call":{"id":"c","orgId":"`+planted+`","metadata":{"org_id":"`+planted+`"},"assistantOverrides":{"metadata":{"org_id":"`+planted+`"}}},
		"toolCallList":[{"id":"1","name":"f","arguments":`+flat+`}]`))
	require.NotContains(t, fmt.Sprintf("%#v", m), planted)
	require.Equal(t, "2026-05-05", m.ToolCalls[0].Args.Text(ArgAppointmentDate), "the rest is still there")
}

func TestNameToolFillsBlanksOnly(t *testing.T) {
	t.Parallel()
	m := parsed(t, message(`"type":"tool-calls","toolCallList":[{"id":"1"},{"id":"2","name":"f"},{"id":"3","name":"g"}]`))
	m.NameTool("f")
	require.Equal(t, "f", m.ToolCalls[0].Name)
	require.Empty(t, m.ToolCalls[0].Problem+m.ToolCalls[1].Problem)
	require.Equal(t, "g", m.ToolCalls[2].Name)
	require.Equal(t, problemOtherAddress, m.ToolCalls[2].Problem)
}

// FuzzParse: no body panics, and no tenant id gets into the arguments.
func FuzzParse(f *testing.F) {
	f.Add(message(`"type":"tool-calls","toolCallList":[{"id":"1","name":"f","arguments":"{\"orgId\":\"x\"}"}]`))
	f.Add(message(`"type":"end-of-call-report","artifact":{"messages":[{"role":"bot","message":"hi","time":1}]},"costs":[{"cost":1}]`))
	f.Add(message(`"type":"transfer-destination-request","artifact":{"messages":[{"toolCalls":[{"name":"transferCall"}]}]}`))
	f.Add([]byte(`{"tool":"f","params":{"clinic_id":1,"a":[{"tenant":2}]}}`))
	f.Add([]byte(`{"date":"2026-05-05T14:00","call":{"id":1e999}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Parse(body)
		if err != nil {
			return
		}
		for _, call := range m.ToolCalls {
			assertNoTenant(t, map[string]any(call.Args))
			call.AllText()
		}
		if answer := m.Answer(nil); !json.Valid(answer) || strings.ContainsAny(string(answer), "\r\n") {
			t.Fatalf("not a one-line JSON answer: %q", answer)
		}
	})
}

func assertNoTenant(t *testing.T, v any) {
	switch c := v.(type) {
	case map[string]any:
		for key, entry := range c {
			if tenantKey(key) {
				t.Fatalf("the tenant key %q got through", key)
			}
			assertNoTenant(t, entry)
		}
	case []any:
		for _, entry := range c {
			assertNoTenant(t, entry)
		}
	}
}
