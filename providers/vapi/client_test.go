package vapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const key = "test-secret-private-key"

type testBundle struct {
	client *vapi.Client
	played *sandbox.Vapi
	url    string
}

func setup(t *testing.T) testBundle {
	t.Helper()
	played := sandbox.NewVapi(key)
	server := httptest.NewServer(played)
	t.Cleanup(server.Close)
	client, err := vapi.New(vapi.Options{BaseURL: server.URL + "/", Key: key, HTTP: server.Client()})
	require.NoError(t, err)
	return testBundle{client: client, played: played, url: server.URL}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"ftp://x", "nonsense", "http://", ":"} {
		_, err := vapi.New(vapi.Options{BaseURL: base, Key: key})
		require.Error(t, err, base)
	}
	_, err := vapi.New(vapi.Options{Key: " "})
	require.Error(t, err)
	_, err = vapi.New(vapi.Options{Key: key})
	require.NoError(t, err)
}

func TestGetCallReturnsTheCallAsItIs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const call = `{"id":"c1","cost":0.10,"unknown":{"big":12345678901234567890}}`
	b.played.AddCall("c1", json.RawMessage(call))
	got, err := b.client.GetCall(t.Context(), "c1")
	require.NoError(t, err)
	require.Equal(t, call, string(got))
	require.Equal(t, 1, b.played.Requests())
}

func TestGetCallErrorsThatAreFinal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.client.GetCall(t.Context(), "")
	require.Error(t, err)
	require.Zero(t, b.played.Requests())

	_, err = b.client.GetCall(t.Context(), "../../assistant?x=1")
	require.ErrorIs(t, err, vapi.ErrNotFound, "an id is never a path")

	b.played.Fail(sandbox.Failure{Status: 400})
	_, err = b.client.GetCall(t.Context(), "c1")
	var invalid *vapi.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, &vapi.InvalidError{Status: 400, Problems: []string{"Bad Request"}}, invalid)

	b.played.Fail(sandbox.Failure{Status: 429, RetryAfter: 30 * time.Second})
	_, err = b.client.GetCall(t.Context(), "c1")
	var limited *vapi.RateLimitedError
	require.ErrorAs(t, err, &limited)
	require.Equal(t, 30*time.Second, limited.RetryAfter)
	require.Equal(t, 3, b.played.Requests(), "none of them was retried")

	foreign, err := vapi.New(vapi.Options{BaseURL: b.url, Key: "test-secret-other"})
	require.NoError(t, err)
	_, err = foreign.GetCall(t.Context(), "c1")
	require.ErrorIs(t, err, vapi.ErrUnauthorized)
	require.NotContains(t, err.Error(), "test-secret")
}

func TestGetCallRetriesWhatAMomentMayCure(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.AddCall("c1", json.RawMessage(`{"id":"c1"}`))
	b.played.Fail(sandbox.Failure{Status: 503}, sandbox.Failure{Status: 429})
	_, err := b.client.GetCall(t.Context(), "c1")
	require.NoError(t, err)
	require.Equal(t, 3, b.played.Requests())

	b.played.Fail(sandbox.Failure{Status: 500}, sandbox.Failure{Status: 502}, sandbox.Failure{Status: 503})
	_, err = b.client.GetCall(t.Context(), "c1")
	var unavailable *vapi.UnavailableError
	require.ErrorAs(t, err, &unavailable)
	require.Equal(t, 503, unavailable.Status)
	require.Equal(t, 6, b.played.Requests(), "three attempts in all")
}

func TestGetCallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.played.Fail(sandbox.Failure{Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := b.client.GetCall(ctx, "c1")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotContains(t, err.Error(), "c1", "ids stay out of error texts")
	require.Equal(t, 1, b.played.Requests())
}

func TestGetCallWantsJSON(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>maintenance</html>"))
	}))
	t.Cleanup(server.Close)
	client, err := vapi.New(vapi.Options{BaseURL: server.URL, Key: key})
	require.NoError(t, err)
	_, err = client.GetCall(t.Context(), "c1")
	var unavailable *vapi.UnavailableError
	require.ErrorAs(t, err, &unavailable)
}
