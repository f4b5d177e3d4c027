package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnInboundCallRingsTheOwnLineWithoutAUsableAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		answer  string
		ownLine bool
	}{
		"an assistant":      {200, `{"assistantId":"front"}`, false},
		"a refusal":         {200, `{"error":"Sorry."}`, false},
		"another assistant": {200, `{"assistantId":"gone"}`, true},
		"nothing":           {200, `{}`, true},
		"no JSON":           {200, `<html>`, true},
		"trouble":           {503, `{}`, true},
		"a wrong secret":    {401, `{}`, true},
		"no server":         {0, ``, true},
	} {
		v := NewVapi("test-secret-key")
		_, err := v.AddAssistant(json.RawMessage(`{"id":"front"}`))
		require.NoError(t, err)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, []string{"/hook", "test-secret-hook"}, []string{r.URL.Path, r.Header.Get("X-Vapi-Secret")})
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.answer))
		}))
		if c.status == 0 {
			server.Close()
		}
		_, err = v.AddPhoneNumber(json.RawMessage(`{"id":"n1","number":"` + callingNumber + `","fallbackDestination":{"type":"number","number":"+13125550150"},
			"server":{"url":"` + server.URL + `/hook","headers":{"X-Vapi-Secret":"test-secret-hook"}}}`))
		require.NoError(t, err)
		got, err := v.Arrive(t.Context(), calledNumber, callingNumber)
		require.NoError(t, err)
		require.Equal(t, c.ownLine, got.OwnLine == "+13125550150", "%s: %s", name, got)
		require.Equal(t, c.ownLine, got.Trouble != nil, name)
		server.Close()
	}
	_, err := NewVapi("test-secret-key").Arrive(t.Context(), calledNumber, callingNumber)
	require.Error(t, err)
}
