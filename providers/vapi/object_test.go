package vapi_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestWithToolIDs(t *testing.T) {
	t.Parallel()
	got, err := vapi.WithToolIDs(json.RawMessage(`{"z": [1.0 , 2],"toolIds":["a"],"m":"<&>"}`), []string{"b", "b"})
	require.NoError(t, err)
	require.Equal(t, `{"m":"<&>","toolIds":["b","b"],"z":[1.0 , 2]}`, string(got))
	got, err = vapi.WithToolIDs(json.RawMessage(`{}`), nil)
	require.NoError(t, err)
	require.Equal(t, `{"toolIds":[]}`, string(got))
	for _, bad := range []string{``, `null`, `[]`, `"zanzibar-lilac"`, `{"a":}`} {
		_, err = vapi.WithToolIDs(json.RawMessage(bad), nil)
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "zanzibar")
	}
	require.Nil(t, vapi.ToolIDs(json.RawMessage(`{"toolIds":7}`)))
	require.Equal(t, []string{"a"}, vapi.ToolIDs(json.RawMessage(`{"toolIds":[7,"a"]}`)))
}

func FuzzWithToolIDs(f *testing.F) {
	f.Add(`{"provider":"openai","toolIds":["a"],"messages":[{"content":"<b> \u2028"}],"n":1.0}`, "x", `y"<`)
	f.Add(`{"a":1,"a":2,"\u0061":3}`, "", "\x00")
	f.Add(`[]`, "", "")
	f.Fuzz(func(t *testing.T, model, one, two string) {
		before, err := vapi.ParseObject([]byte(model))
		got, mergeErr := vapi.WithToolIDs(json.RawMessage(model), []string{one, two})
		require.Equal(t, err == nil, mergeErr == nil)
		if err != nil {
			return
		}
		after, err := vapi.ParseObject(got)
		require.NoError(t, err)
		require.Len(t, vapi.ToolIDs(got), 2)
		delete(before, "toolIds")
		delete(after, "toolIds")
		require.Equal(t, before, after, "every other value is the same, byte for byte")
	})
}
