package vapi_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const toolURL = "https://api.voxanne.example/api/vapi/tools"

func definition(t *testing.T, text string) vapi.Definition {
	t.Helper()
	d, err := vapi.ParseDefinition([]byte(text))
	require.NoError(t, err)
	return d
}

func TestTheHashChangesWithAllThatARegistrationDependsOn(t *testing.T) {
	t.Parallel()
	const text = `{"type":"function","async":false,"function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"string","description":"one"}},"required":["a"]}}}`
	hash := definition(t, text).Hash(toolURL, "k1")
	require.Len(t, hash, 64)
	formatted := definition(t, "{\n \"function\": {\"parameters\":{\"required\":[ \"a\" ],\"properties\":{\"a\":{\"description\":\"one\",\"type\":\"string\"}},\"type\":\"object\"},\"description\":\"d\",\"name\":\"f\"}, \"async\": false, \"type\":\"function\"}")
	require.Equal(t, hash, formatted.Hash(toolURL, "k1"), "order and white space do not count")
	for name, other := range map[string]string{
		"URL":         definition(t, text).Hash(toolURL+"/", "k1"),
		"key id":      definition(t, text).Hash(toolURL, "k2"),
		"shifted":     definition(t, text).Hash(toolURL+"k", "1"),
		"description": definition(t, `{"type":"function","async":false,"function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"string","description":"two"}},"required":["a"]}}}`).Hash(toolURL, "k1"),
		"required":    definition(t, `{"type":"function","async":false,"function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"string","description":"one"}},"required":[]}}}`).Hash(toolURL, "k1"),
	} {
		require.NotEqual(t, hash, other, name)
	}
	native := definition(t, `{"type":"endCall"}`)
	require.Equal(t, native.Hash(toolURL, "k1"), native.Hash(toolURL+"/", "k2"), "it has no server")
}

func TestVapiTakesEveryRegisteredTool(t *testing.T) {
	t.Parallel()
	b := setup(t)
	defs, err := vapi.Definitions()
	require.NoError(t, err)
	in, err := vapi.NewInspector(toolURL, nil)
	require.NoError(t, err)
	hashes := map[string]bool{}
	for _, d := range defs {
		body, err := vapi.Registered(d, toolURL, "test-secret-webhook")
		require.NoError(t, err)
		made, err := b.client.CreateTool(t.Context(), body)
		require.NoError(t, err, d.Name)
		require.Equal(t, d.Native(), made["server"] == nil, d.Name)
		if !d.Native() {
			require.JSONEq(t, `{"url":"`+toolURL+`","timeoutSeconds":20,"headers":{"X-Vapi-Secret":"test-secret-webhook"}}`, string(made["server"]))
		}
		_, foreign := in.Tool(made)
		require.False(t, foreign, d.Name)
		hashes[d.Hash(toolURL, "k1")] = true
	}
	require.Len(t, hashes, len(defs))
	require.Len(t, b.played.Tools(), len(defs))
	require.NotEmpty(t, defs)
}

func TestRegisteredRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	defs, err := vapi.Definitions()
	require.NoError(t, err)
	for _, d := range defs {
		for _, c := range [][2]string{{"", "test-secret-x"}, {"ftp://x", "test-secret-x"}, {"/api/vapi/tools", "test-secret-x"}, {toolURL, ""}} {
			_, err := vapi.Registered(d, c[0], c[1])
			require.Equal(t, d.Native(), err == nil, d.Name)
			if err != nil {
				require.NotContains(t, err.Error(), "test-secret")
			}
		}
	}
	_, err = vapi.Registered(vapi.Definition{Name: "x"}, toolURL, "test-secret-x")
	require.Error(t, err)
}
