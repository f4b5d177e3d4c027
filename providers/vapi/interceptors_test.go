package vapi_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const ownURL = "https://api.voxanne.example/base"

// kinds are tools of every type that Vapi has, and whether they are interceptors.
func kinds() map[string]bool {
	return map[string]bool{
		`{"type":"google.calendar.availability.check","name":"checkAvailability"}`: true,
		`{"type":"google.calendar.event.create","messages":[]}`:                    true,
		`{"type":"google.sheets.row.append"}`:                                      true,
		`{"type":"gohighlevel.calendar.availability.check"}`:                       true,
		`{"type":"gohighlevel.calendar.event.create"}`:                             true,
		`{"type":"gohighlevel.contact.create"}`:                                    true,
		`{"type":"gohighlevel.contact.get"}`:                                       true,
		`{"type":"ghl","metadata":{"workflowId":"w","locationId":"l"}}`:            true,
		`{"type":"ghl.something.new"}`:                                             true,
		`{"type":"make","metadata":{"scenarioId":1,"triggerHookId":2}}`:            true,
		`{"type":"slack.message.send"}`:                                            true,
		`{"type":"mcp","server":{"url":"https://mcp.example"}}`:                    true,
		`{"type":"mcp"}`:                    true,
		`{"type":"code","code":"return 1"}`: true,
		`{"type":"apiRequest","url":"https://other.example/book","method":"POST"}`:                               true,
		`{"type":"apiRequest","url":"https://{{host}}/book"}`:                                                    true,
		`{"type":"apiRequest","url":"https://api.voxanne.example/x"}`:                                            false,
		`{"type":"function","function":{"name":"bookClinicAppointment"},"server":{"url":"https://o.example/x"}}`: true,
		`{"type":"function","function":{"name":"f"},"server":{"url":"https://api.voxanne.example.evil.test/"}}`:  true,
		`{"type":"function","function":{"name":"f"},"server":{"url":"https://api.voxanne.example:8443/"}}`:       true,
		`{"type":"function","function":{"name":"f"},"server":{"url":"https://api.voxanne.example@o.example/"}}`:  true,
		`{"type":"function","function":{"name":"f"},"server":{"url":"HTTPS://API.voxanne.example:443/tools"}}`:   false,
		`{"type":"function","function":{"name":"f"}}`:                                                            false,
		`{"type":"transferCall","destinations":[{"type":"number","number":"+13125550109"}]}`:                     true,
		`{"type":"transferCall","destinations":[ ]}`:                                                             false,
		`{"type":"transferCall"}`: false,
		`{"type":"endCall"}`:      false,
		`{"type":"dtmf"}`:         false,
		`{"type":"voicemail"}`:    false,
		`{"type":"handoff","destinations":[{"type":"assistant","assistantId":"x"}]}`: false,
		`{"type":"query","function":{"name":"google.calendar.event.create"}}`:        false,
		`{"type":"knowledgeBase"}`: false,
		`{"type":"output"}`:        false,
		`{"type":"sms"}`:           true,
		`{"type":"sipRequest"}`:    false,
		`{"type":"bash"}`:          false,
		`{"type":"computer"}`:      false,
		`{"type":"textEditor"}`:    false,
		`{"type":"from.tomorrow"}`: false,
	}
}

func TestEveryTypeIsJudgedWhereverItHangs(t *testing.T) {
	t.Parallel()
	for text, bad := range kinds() {
		tool := object(t, text)
		id := uuid.NewString()
		listed := object(t, text)
		listed["id"] = json.RawMessage(fmt.Sprintf("%q", id))
		in, err := vapi.NewInspector(ownURL, []vapi.Object{listed})
		require.NoError(t, err)
		_, found := in.Tool(listed)
		require.Equal(t, bad, found, text)

		for where, c := range map[string]struct {
			before, after string
			byID          bool
		}{
			"model.tools[1]": {fmt.Sprintf(`{"model":{"provider":"p","tools":[{"type":"endCall"},%s]},"name":"n"}`, text),
				`{"model":{"provider":"p","tools":[{"type":"endCall"}]},"name":"n"}`, false},
			"model.tools:append[0]": {fmt.Sprintf(`{"model":{"tools:append":[%s]}}`, text), `{"model":{"tools:append":[]}}`, false},
			"model.toolIds[0]":      {fmt.Sprintf(`{"model":{"toolIds":[%q,"unlisted"]}}`, id), `{"model":{"toolIds":["unlisted"]}}`, true},
			"model.toolRefs[1]": {fmt.Sprintf(`{"model":{"toolRefs":[{"toolId":"unlisted"},{"toolId":%q,"version":"v2"}]}}`, id),
				`{"model":{"toolRefs":[{"toolId":"unlisted"}]}}`, true},
			"hooks[0].do[1]": {fmt.Sprintf(`{"hooks":[{"on":"x","do":[{"type":"say"},{"type":"tool","tool":%s}]}]}`, text),
				`{"hooks":[{"on":"x","do":[{"type":"say"}]}]}`, false},
			"hooks[1].do[0]": {fmt.Sprintf(`{"hooks":[{"on":"x","do":[]},{"on":"y","do":[{"type":"tool","toolId":%q}]}]}`, id),
				`{"hooks":[{"on":"x","do":[]}]}`, true},
			"hooks[0].do[0]":  {fmt.Sprintf(`{"hooks":[{"on":"x","do":[%s]}]}`, text), `{"hooks":[]}`, false},
			"tools:append[0]": {fmt.Sprintf(`{"tools:append":[%s],"name":"n"}`, text), `{"tools:append":[],"name":"n"}`, false},
			"members[1].assistantOverrides.model.toolIds[0]": {
				fmt.Sprintf(`{"members":[{"assistantId":"a"},{"assistantId":"b","assistantOverrides":{"model":{"toolIds":[%q]}}}]}`, id),
				`{"members":[{"assistantId":"a"},{"assistantId":"b","assistantOverrides":{"model":{"toolIds":[]}}}]}`, true},
			"members[0].assistantOverrides.tools:append[0]": {fmt.Sprintf(`{"members":[{"assistantOverrides":{"tools:append":[%s]}}]}`, text),
				`{"members":[{"assistantOverrides":{"tools:append":[]}}]}`, false},
			"members[0].assistant.model.tools[0]": {fmt.Sprintf(`{"members":[{"assistant":{"model":{"tools":[%s]}}}]}`, text),
				`{"members":[{"assistant":{"model":{"tools":[]}}}]}`, false},
		} {
			before := object(t, c.before)
			untouched := string(before.Bytes())
			cleaned, removed := in.RemoveInterceptors(before)
			require.Equal(t, removed, in.Interceptors(before))
			require.Equal(t, untouched, string(before.Bytes()), "what was given is not changed")
			if !bad {
				require.Empty(t, removed, "%s at %s", text, where)
				require.Equal(t, before, cleaned)
				continue
			}
			require.Len(t, removed, 1, "%s at %s", text, where)
			require.Equal(t, where, removed[0].Where)
			require.Equal(t, tool.Text("type"), removed[0].Type)
			require.Equal(t, c.byID, removed[0].ToolID == id)
			require.JSONEq(t, c.after, string(cleaned.Bytes()))
			require.Empty(t, in.Interceptors(cleaned), "clean afterwards")
		}
	}
}

func TestAFunctionWithoutServerGoesWhereItsAssistantSends(t *testing.T) {
	t.Parallel()
	in, err := vapi.NewInspector("http://127.0.0.1:8080", []vapi.Object{object(t, `{"id":"t1","type":"function","function":{"name":"g"}}`)})
	require.NoError(t, err)
	const assistant = `{"server":{"url":"%s"},"model":{"tools":[{"type":"function","function":{"name":"f"}}],"toolIds":["t1"]}}`
	require.Empty(t, in.Interceptors(object(t, fmt.Sprintf(assistant, "http://127.0.0.1:8080/x"))))
	require.Equal(t, []vapi.Found{
		{Where: "model.tools[0]", Type: "function", Name: "f"},
		{Where: "model.toolIds[0]", Type: "function", Name: "g", ToolID: "t1"},
	}, in.Interceptors(object(t, fmt.Sprintf(assistant, "http://127.0.0.1:9090/x"))))
}

func TestRemovalKeepsEveryOtherByte(t *testing.T) {
	t.Parallel()
	in, err := vapi.NewInspector(ownURL, nil)
	require.NoError(t, err)
	const kept = `{ "type":"endCall", "messages":[ {"content":"<a> & \u003cb\u003e"} ],"n":1.0 }`
	before := object(t, `{"voice":{ "speed" : 1.20 },"model":{"messages":[ "a  <b>" ],"seed":12345678901234567890,"tools":[`+kept+`, {"type":"make"}]}}`)
	cleaned, found := in.RemoveInterceptors(before)
	require.Len(t, found, 1)
	require.Equal(t, `{ "speed" : 1.20 }`, string(cleaned["voice"]))
	require.Equal(t, `{"messages":[ "a  <b>" ],"seed":12345678901234567890,"tools":[`+kept+`]}`, string(cleaned["model"]))
}

func TestShapesThatVapiNeverSendsAreLeftAlone(t *testing.T) {
	t.Parallel()
	in, err := vapi.NewInspector(ownURL, []vapi.Object{object(t, `{"id":"","type":"make"}`)})
	require.NoError(t, err)
	for _, odd := range []string{`{}`, `{"model":null}`, `{"model":[1]}`, `{"model":{"tools":{"type":"make"},"toolIds":[7,null],"toolRefs":["x"]}}`,
		`{"hooks":[null,{"do":7},{"do":["x"]}],"members":["m"]}`} {
		require.Empty(t, in.Interceptors(object(t, odd)), odd)
	}
	for _, bad := range []string{"", "api.voxanne.example", "ftp://x", ":"} {
		_, err := vapi.NewInspector(bad, nil)
		require.Error(t, err, bad)
	}
}

func FuzzInterceptors(f *testing.F) {
	for text := range kinds() {
		f.Add(`{"model":{"tools":[` + text + `]},"hooks":[{"do":[{"tool":` + text + `}]}]}`)
	}
	f.Fuzz(func(t *testing.T, text string) {
		assistant, err := vapi.ParseObject([]byte(text))
		if err != nil {
			return
		}
		in, err := vapi.NewInspector(ownURL, nil)
		require.NoError(t, err)
		cleaned, found := in.RemoveInterceptors(assistant)
		again, err := vapi.ParseObject(cleaned.Bytes())
		require.NoError(t, err)
		require.Empty(t, in.Interceptors(again))
		if len(found) == 0 {
			require.Equal(t, assistant, cleaned)
		}
	})
}
