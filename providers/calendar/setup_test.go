package calendar_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	clientID = "client.example"
	secret   = "test-secret-client"
	redirect = "https://clinic.example/api/oauth/callback"
	owner    = "dr.quill@patients.example"
	zoneName = "America/Chicago"
	verifier = "test-secret-verifier-0123456789-0123456789-0123456789"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// played is a provider with one person, against its sandbox.
type played struct {
	calendar.Provider
	google     *sandbox.Google    // one of the two
	microsoft  *sandbox.Microsoft // is nil
	url        string
	calendarID string // the person's own
}

func hc() *http.Client { return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} }

// serve keeps no connections, so that nothing of a test outlives it.
func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func playGoogle(t *testing.T) played {
	t.Helper()
	g := sandbox.NewGoogle(clientID, secret, redirect)
	t.Cleanup(g.Close)
	g.AddPerson(owner, zoneName)
	at := serve(t, g)
	return played{Provider: googleAt(t, at), google: g, url: at, calendarID: owner}
}

func googleAt(t *testing.T, address string) calendar.Provider {
	t.Helper()
	client, err := google.New(google.Options{ClientID: clientID, ClientSecret: secret, BaseURL: address, HTTP: hc(), Timeout: 5 * time.Second,
		Waits: []time.Duration{}})
	require.NoError(t, err)
	return calendar.NewGoogle(client, redirect)
}

func playMicrosoft(t *testing.T) played {
	t.Helper()
	m := sandbox.NewMicrosoft(sandbox.MicrosoftApp{ClientID: clientID, ClientSecret: secret, Redirects: []string{redirect}})
	t.Cleanup(m.Close)
	id := m.AddMailbox(owner, zoneName, "Central Standard Time")
	at := serve(t, m)
	return played{Provider: microsoftAt(t, at), microsoft: m, url: at, calendarID: id}
}

func microsoftAt(t *testing.T, address string) calendar.Provider {
	t.Helper()
	client, err := microsoft.New(microsoft.Options{BaseURL: address, LoginURL: address, ClientID: clientID, ClientSecret: secret,
		RedirectURL: redirect, HTTP: hc(), Timeout: 5 * time.Second, Waits: []time.Duration{}, PageSize: 3})
	require.NoError(t, err)
	return calendar.NewMicrosoft(client)
}

// fail makes the next requests for calendars fail.
func (p played) fail(f ...sandbox.Failure) {
	if p.google != nil {
		p.google.Fail(f...)
		return
	}
	p.microsoft.Fail(f...)
}

// failTokens makes the next requests for tokens fail.
func (p played) failTokens(f ...sandbox.Failure) {
	if p.google != nil {
		p.google.FailTokens(f...)
		return
	}
	p.microsoft.Fail(f...)
}

// eachProvider runs a test against both.
func eachProvider(t *testing.T, test func(*testing.T, played)) {
	t.Helper()
	for name, play := range map[string]func(*testing.T) played{calendar.Google: playGoogle, calendar.Microsoft: playMicrosoft} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, play(t))
		})
	}
}

// consent sends the person to the provider and returns the code that comes back.
func (p played) consent(t *testing.T, address string) string {
	t.Helper()
	browser := hc()
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	resp, err := browser.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	back, err := url.Parse(resp.Header.Get("Location"))
	require.NoError(t, err)
	require.Equal(t, redirect, back.Scheme+"://"+back.Host+back.Path)
	require.Equal(t, "test-secret-state", back.Query().Get("state"))
	return back.Query().Get("code")
}

// connect goes the whole way of a consent.
func (p played) connect(t *testing.T) calendar.Grant {
	t.Helper()
	g, err := p.Exchange(t.Context(), p.consent(t, p.AuthURL("test-secret-state", verifier, owner)), verifier)
	require.NoError(t, err)
	return g
}

// ended is a context whose caller has gone.
func ended(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// discreet holds a value to saying nothing about whom, what and with which secret.
func discreet(t *testing.T, value any, secrets ...string) {
	t.Helper()
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("said", "value", value)
	for _, verb := range []string{"%v", "%+v", "%s", "%#v"} {
		said := fmt.Sprintf(verb, value) + logged.String()
		for _, hidden := range append(secrets, secret, owner, "Quill", "zanzibar-lilac", "provider-words", "http://", "127.0.0.1") {
			if hidden != "" {
				require.NotContains(t, said, hidden, verb)
			}
		}
	}
}
