package vapi

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func parsed(t require.TestingT, text string) Object {
	o, err := ParseObject([]byte(text))
	require.NoError(t, err)
	return o
}

func ours() Tools {
	return Tools{IDs: []string{"new"}, Earlier: []string{"old"}, Names: []string{"takeMessage", "endCall"},
		Native: []Object{{"type": json.RawMessage(`"endCall"`)}}, Own: "https://api.clinic.example"}
}

func TestLinkChangesPlacesOfOldAndNewInOneValue(t *testing.T) {
	t.Parallel()
	account := []Object{
		parsed(t, `{"id":"stranger","type":"function","function":{"name":"takeMessage"},"server":{"url":"https://api.clinic.example/x"}}`),
		parsed(t, `{"id":"calendar","type":"google.calendar.event.create"}`),
		parsed(t, `{"id":"their end","type":"endCall"}`),
		parsed(t, `{"id":"theirs","type":"query"}`),
	}
	assistant := parsed(t, `{"name": "a" , "model":{"provider":"x", "temperature": 0.50,
		"toolIds":["old","stranger","theirs","unknown","their end","calendar"],
		"toolRefs":[{"toolId":"new"},{"toolId":"theirs", "version":"v1"}]}}`)
	require.True(t, ours().References(assistant))
	linked, err := ours().Link(assistant, account)
	require.NoError(t, err)
	require.Equal(t, string(assistant["name"]), string(linked["name"]))
	model := linked.object("model")
	require.Equal(t, "0.50", string(model["temperature"]))
	require.Equal(t, `["theirs","unknown","new"]`, string(model["toolIds"]))
	require.Equal(t, `[{"toolId":"theirs", "version":"v1"}]`, string(model["toolRefs"]))
	require.Equal(t, `[{"type":"endCall"}]`, string(model["tools"]))
	require.True(t, ours().Carries(linked["model"]))
	require.False(t, ours().Carries(assistant["model"]))
	require.Contains(t, string(assistant["model"]), `"old"`, "the argument is left alone")
}

func TestLinkOfALinkedAssistantChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfN(rapid.SampledFrom([]string{"new", "old", "theirs", "else"}), 0, 6).Draw(t, "ids")
		tools := rapid.SliceOfN(rapid.SampledFrom([]string{`{"type":"endCall"}`, `{"type":"dtmf"}`, `7`,
			`{"type":"function","function":{"name":"takeMessage"}}`}), 0, 4).Draw(t, "tools")
		inline := make([]json.RawMessage, len(tools))
		for i, tool := range tools {
			inline[i] = json.RawMessage(tool)
		}
		model, err := WithToolIDs(json.RawMessage(`{"provider":"x"}`), ids)
		require.NoError(t, err)
		o := with(parsed(t, string(model)), "tools", listBytes(inline))
		once, err := ours().Link(Object{"model": o.Bytes()}, nil)
		require.NoError(t, err)
		require.True(t, ours().Carries(once["model"]))
		twice, err := ours().Link(once, nil)
		require.NoError(t, err)
		require.Equal(t, string(once.Bytes()), string(twice.Bytes()))
	})
}

func TestMergeKeepsWhatIsNotNamed(t *testing.T) {
	t.Parallel()
	current := parsed(t, `{"a":{"x":1.0,"y":[1, 2]},"b":"keep","c":{"z":0}}`)
	same, changed := Merge(current, parsed(t, `{"a":{"y":[1,2]},"c":{}}`))
	require.False(t, changed)
	require.Equal(t, string(current.Bytes()), string(same.Bytes()))
	merged, changed := Merge(current, parsed(t, `{"a":{"y":[2]},"d":null}`))
	require.True(t, changed)
	require.Equal(t, `{"a":{"x":1.0,"y":[2]},"b":"keep","c":{"z":0},"d":null}`, string(merged.Bytes()))
}

func TestIsRegistrationTellsDefinitionsServersAndSecretsApart(t *testing.T) {
	t.Parallel()
	defs, err := Definitions()
	require.NoError(t, err)
	var d Definition
	for _, d = range defs {
		if d.Name == "takeMessage" {
			break
		}
	}
	body, err := Registered(d, "https://api.clinic.example/api/vapi/webhook", "test-secret-one")
	require.NoError(t, err)
	listed := with(with(body, "id", json.RawMessage(`"7"`)), "latestVersion", json.RawMessage(`null`))
	require.True(t, IsRegistration(listed, body), "keys that Vapi makes do not matter")
	for name, other := range map[string][2]string{
		"server": {"https://other.example/api/vapi/webhook", "test-secret-one"},
		"secret": {"https://api.clinic.example/api/vapi/webhook", "test-secret-two"},
	} {
		wanted, err := Registered(d, other[0], other[1])
		require.NoError(t, err)
		require.False(t, IsRegistration(listed, wanted), name)
	}
	delete(listed, "messages")
	require.False(t, IsRegistration(listed, body), "another definition")
}
