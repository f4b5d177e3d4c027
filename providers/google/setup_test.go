package google_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	clientID = "client.apps.googleusercontent.com"
	secret   = "test-secret-google-client"
	redirect = "https://clinic.example/api/google-oauth/callback"
	owner    = "dr.quill@patients.example"
	zoneName = "America/New_York"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type testBundle struct {
	played *sandbox.Google
	url    string
	client *google.Client
}

// setup plays a Google with one person and their primary calendar.
func setup(t *testing.T) testBundle {
	t.Helper()
	played := sandbox.NewGoogle(clientID, secret, redirect)
	t.Cleanup(played.Close)
	played.AddPerson(owner, zoneName)
	b := against(t, played)
	b.played = played
	return b
}

// against returns a client whose Google is this handler. It keeps no connections, so that nothing of a test outlives it.
func against(t *testing.T, handler http.Handler) testBundle {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client, err := google.New(google.Options{ClientID: clientID, ClientSecret: secret, BaseURL: server.URL,
		HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, Timeout: 5 * time.Second,
		Waits: []time.Duration{time.Millisecond, time.Millisecond}})
	require.NoError(t, err)
	return testBundle{url: server.URL, client: client}
}

// visit opens an address as a browser does and returns what it is sent back to.
func visit(t *testing.T, address string) (status int, back url.Values) {
	t.Helper()
	browser := &http.Client{Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	resp, err := browser.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	location, err := url.Parse(resp.Header.Get("Location"))
	require.NoError(t, err)
	if location.String() != "" {
		require.Equal(t, redirect, location.Scheme+"://"+location.Host+location.Path)
	}
	return resp.StatusCode, location.Query()
}

// connect goes the whole way of a consent.
func (b testBundle) connect(t *testing.T) google.Grant {
	t.Helper()
	ask := google.Consent{State: "test-secret-state", Verifier: google.NewVerifier(), Redirect: redirect, Hint: owner}
	_, back := visit(t, b.client.AuthURL(ask))
	g, err := b.client.Exchange(t.Context(), back.Get("code"), ask.Verifier, redirect)
	require.NoError(t, err)
	return g
}

// account is a connected one.
func (b testBundle) account(t *testing.T) *google.Account {
	t.Helper()
	return b.client.Account(b.connect(t).AccessToken)
}

// discreet holds an error to saying nothing about whom, what and with which secret.
func discreet(t *testing.T, err error, secrets ...string) {
	t.Helper()
	require.Error(t, err)
	for _, verb := range []string{"%v", "%+v", "%s", "%q"} {
		said := fmt.Sprintf(verb, err)
		for _, hidden := range append(secrets, secret, owner, "Quill", "zanzibar-lilac", "provider-words", "http://", "127.0.0.1") {
			require.NotContains(t, said, hidden, verb)
		}
	}
}

// moment reads a time in RFC 3339.
func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return at
}
