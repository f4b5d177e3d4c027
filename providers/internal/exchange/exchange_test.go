package exchange_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the credentials went elsewhere") }))
	t.Cleanup(elsewhere.Close)
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	for _, hc := range []*http.Client{nil, server.Client()} {
		client := exchange.Client(hc)
		t.Cleanup(client.CloseIdleConnections)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader("x"))
		require.NoError(t, err)
		answer, err := exchange.Do(client, req, 100)
		require.NoError(t, err)
		require.Equal(t, http.StatusTemporaryRedirect, answer.Status)
	}
	require.Nil(t, server.Client().CheckRedirect, "the caller's client is left as it was")
}

func TestAnswersAreReadUpToTheLimit(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(strings.Repeat("x", 101))) }))
	t.Cleanup(server.Close)
	for limit, cut := range map[int64]bool{100: true, 101: false} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
		require.NoError(t, err)
		answer, err := exchange.Do(server.Client(), req, limit)
		require.NoError(t, err)
		require.Equal(t, cut, answer.Cut, limit)
		require.Len(t, answer.Body, int(limit))
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "soon": 0, "999999999999": 24 * time.Hour, "99999999999999999999": 0,
		"Mon, 04 May 1998 15:00:00 GMT": 0, "Mon, 04 May 2998 15:00:00 GMT": 24 * time.Hour,
	} {
		require.Equal(t, want, exchange.RetryAfter(http.Header{"Retry-After": {value}}), value)
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"ftp://x", "x", "http://", "https://u:p@x", "https://x?y=1", ":"} {
		_, err := exchange.BaseURL(bad, "")
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "u:p", bad)
	}
	base, err := exchange.BaseURL("", "https://x/")
	require.NoError(t, err)
	require.Equal(t, "https://x", base)
}
