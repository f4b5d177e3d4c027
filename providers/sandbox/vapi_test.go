package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestVapiKeepsToThePublishedErrors(t *testing.T) {
	t.Parallel()
	played := NewVapi("test-secret-key")
	server := httptest.NewServer(played)
	t.Cleanup(server.Close)
	played.AddCall("c1", json.RawMessage(`{"id":"c1"}`))
	ask := func(method, path, authorization string) (*http.Response, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", authorization)
		resp, err := server.Client().Do(req)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp, string(body)
	}
	for _, wrong := range []string{"", "Bearer ", "Bearer x", "test-secret-key", "bearer test-secret-key"} {
		resp, body := ask("GET", "/call/c1", wrong)
		require.Equal(t, 401, resp.StatusCode, wrong)
		require.Contains(t, body, `"error":"Unauthorized"`)
		require.Contains(t, body, `"statusCode":401`)
	}
	const right = "Bearer test-secret-key"
	resp, body := ask("GET", "/call/c1", right)
	require.Equal(t, 200, resp.StatusCode)
	require.JSONEq(t, `{"id":"c1"}`, body)
	resp, body = ask("GET", "/call/c2", right)
	require.Equal(t, 404, resp.StatusCode)
	require.JSONEq(t, `{"message":"Call not found.","error":"Not Found","statusCode":404}`, body)
	resp, body = ask("PUT", "/call/c1", right)
	require.Equal(t, 404, resp.StatusCode)
	require.Contains(t, body, "Cannot PUT /call/c1")

	played.Fail(Failure{Status: 429}, Failure{Status: 429, RetryAfter: 2 * time.Second}, Failure{Status: 400})
	resp, _ = ask("GET", "/call/c1", right)
	require.Equal(t, []any{429, ""}, []any{resp.StatusCode, resp.Header.Get("Retry-After")})
	resp, _ = ask("GET", "/call/c1", right)
	require.Equal(t, []any{429, "2"}, []any{resp.StatusCode, resp.Header.Get("Retry-After")})
	_, body = ask("GET", "/call/c1", right)
	require.JSONEq(t, `{"message":["Bad Request"],"error":"Bad Request","statusCode":400}`, body)
}
