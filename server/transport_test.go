package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// What holds for every operation, before any of them is reached. Unknown paths, wrong methods and request ids stand in
// server_test.go, origins in cors_test.go.

// send serves a request with a token and a body whose length may be unknown (-1).
func (b *testBundle) send(method, target, contentType string, body io.Reader, length int64) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	r.ContentLength = length
	r.Header.Set("Authorization", "Bearer "+b.token)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

func TestABodyBeyondTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	body := func(size int) io.Reader {
		return io.MultiReader(strings.NewReader(`{"name": "`), bytes.NewReader(bytes.Repeat([]byte("q"), size)), strings.NewReader(`"}`))
	}
	requireRefusal(t, b.send(http.MethodPost, "/api/locations", "application/json", body(maxAPIBody), maxAPIBody+12), http.StatusRequestEntityTooLarge, CodeBodyTooLarge)
	requireRefusal(t, b.send(http.MethodPost, "/api/locations", "application/json", body(maxAPIBody), -1), http.StatusRequestEntityTooLarge, CodeBodyTooLarge)
	within := b.send(http.MethodPost, "/api/locations", "application/json", body(maxAPIBody-12), -1)
	requireRefusal(t, within, http.StatusBadRequest, CodeBadRequest) // the name is too long, the body is not
}

func TestABodyMustBeJSONAndSaySo(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	b.db.err = NewError(CodeForbidden, "Reached.", nil)
	const body = `{"name": "South"}`
	for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "json"} {
		w := b.send(http.MethodPost, "/api/locations", contentType, strings.NewReader(body), int64(len(body)))
		requireRefusal(t, w, http.StatusBadRequest, CodeBadRequest)
	}
	for _, text := range []string{`{"name": `, `name=South`, body + body, body + "]", body + "\x00", "\ufeff" + body} {
		w := b.send(http.MethodPost, "/api/locations", "application/json; charset=utf-8", strings.NewReader(text), int64(len(text)))
		requireRefusal(t, w, http.StatusBadRequest, CodeInvalidJSON)
	}
	w := b.send(http.MethodPost, "/api/locations", "application/json; charset=utf-8", strings.NewReader(body), int64(len(body)))
	requireRefusal(t, w, http.StatusForbidden, CodeForbidden) // control
}

// HEAD is GET without the body, for every operation that reads.
func TestHeadIsGetWithoutTheBody(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	listening := httptest.NewServer(b.handler)
	t.Cleanup(listening.Close)
	org, _ := testIDs()
	ask := func(method, path, token string) (*http.Response, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, listening.URL+path, nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		response, err := listening.Client().Do(r)
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response, string(body)
	}
	for path, status := range map[string]int{
		"/api/orgs/validate/" + org.String(): 200, "/api/orgs/validate/quillfeather": 400, "/healthz": 200, "/openapi.yaml": 200, "/api/nothing": 404,
	} {
		head, body := ask(http.MethodHead, path, b.token)
		get, full := ask(http.MethodGet, path, b.token)
		require.Equal(t, status, head.StatusCode, path)
		require.Equal(t, get.StatusCode, head.StatusCode, path)
		require.Equal(t, get.Header.Get("Content-Type"), head.Header.Get("Content-Type"), path)
		require.Empty(t, body, path)
		require.NotEmpty(t, full, path)
	}
	refused, _ := ask(http.MethodHead, "/api/orgs/validate/"+org.String(), "")
	require.Equal(t, http.StatusUnauthorized, refused.StatusCode)
	refused, _ = ask(http.MethodHead, "/api/contacts/"+uuid.NewString()+"/sms", b.token)
	require.Equal(t, http.StatusMethodNotAllowed, refused.StatusCode)
	require.Equal(t, http.MethodPost, refused.Header.Get("Allow"))
}

// OPTIONS without an origin of ours is a method like any other.
func TestOptionsSaysWhichMethodsThereAre(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	w := b.do(http.MethodOptions, "/api/message-templates", "")
	requireRefusal(t, w, http.StatusMethodNotAllowed, CodeMethodNotAllowed)
	require.Equal(t, "GET, HEAD, POST", w.Header().Get("Allow"))
	requireRefusal(t, b.do(http.MethodOptions, "/api/nothing", ""), http.StatusNotFound, CodeNotFound)
	requireRefusal(t, b.do("QUILL", "/api/message-templates", b.token), http.StatusMethodNotAllowed, CodeMethodNotAllowed)
	requireRefusal(t, b.do(http.MethodTrace, "/api/message-templates", b.token), http.StatusMethodNotAllowed, CodeMethodNotAllowed)
}

// On the wire a header can be folded or come twice; neither reaches the answer.
func TestARequestIDCannotCarryHeadersIn(t *testing.T) {
	t.Parallel()
	listening := httptest.NewServer(setup(t, nil).handler)
	t.Cleanup(listening.Close)
	for name, header := range map[string]string{
		"folded":       "X-Request-Id: req_1\r\n X-Injected: 1\r\n",
		"bare newline": "X-Request-Id: req_1\n\tX-Injected: 1\r\n",
		"very long":    "X-Request-Id: " + strings.Repeat("r", 4000) + "\r\n",
		"encoded":      "X-Request-Id: req_1%0d%0aX-Injected:1\r\n",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(listening.URL, "http://"))
		require.NoError(t, err)
		_, err = fmt.Fprintf(conn, "GET /api/locations HTTP/1.1\r\nHost: voxanne\r\n%sConnection: close\r\n\r\n", header)
		require.NoError(t, err)
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err, name)
		_, err = uuid.Parse(response.Header.Get("X-Request-Id"))
		require.NoError(t, err, "%s: the id is another: %q", name, response.Header.Get("X-Request-Id"))
		require.Empty(t, response.Header.Get("X-Injected"), name)
		require.NoError(t, response.Body.Close())
		require.NoError(t, conn.Close())
	}
}
