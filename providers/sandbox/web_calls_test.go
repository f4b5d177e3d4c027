package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func TestAWebCallIsAskedForAsPublished(t *testing.T) {
	t.Parallel()
	played := sandbox.NewVapi("test-secret-key")
	_, err := played.AddAssistant(json.RawMessage(`{"id":"a1"}`))
	require.NoError(t, err)
	ask := func(key, body string) (*httptest.ResponseRecorder, string) {
		r := httptest.NewRequest(http.MethodPost, "http://vapi.example/call", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		played.ServeHTTP(w, r)
		return w, w.Body.String()
	}
	const format = `"audioFormat":{"format":"pcm_s16le","container":"raw","sampleRate":16000}`
	good := `{"assistantId":"a1","transport":{"provider":"vapi.websocket",` + format + `}}`
	w, _ := ask("another", good)
	require.Equal(t, http.StatusUnauthorized, w.Code)
	for _, bad := range []string{
		`{"assistantId":"a2","transport":{"provider":"vapi.websocket",` + format + `}}`,
		`{"assistantId":"a1","transport":{"provider":"daily",` + format + `}}`,
		`{"assistantId":"a1","transport":{"provider":"vapi.websocket","audioFormat":{"format":"mp3","container":"raw","sampleRate":16000}}}`,
		`{"assistantId":"a1","phoneNumberId":"p1","transport":{"provider":"vapi.websocket",` + format + `}}`,
	} {
		w, body := ask("test-secret-key", bad)
		require.Equal(t, http.StatusBadRequest, w.Code, body)
	}
	w, body := ask("test-secret-key", good)
	require.Equal(t, http.StatusCreated, w.Code, body)
	var call struct {
		ID, Type, Status string
		Transport        struct{ Provider, WebsocketCallURL string }
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &call))
	require.Equal(t, []string{"vapi.websocketCall", "queued", "vapi.websocket"}, []string{call.Type, call.Status, call.Transport.Provider})
	require.Contains(t, call.Transport.WebsocketCallURL, "ws://vapi.example/")
	require.Nil(t, played.WebCall(t.Context(), "another"))
}
