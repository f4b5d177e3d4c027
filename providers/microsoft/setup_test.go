package microsoft_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	clientID    = "00001111-aaaa-2222-bbbb-3333cccc4444"
	secret      = "test-secret-app"
	redirect    = "https://clinic.example/api/outlook-oauth/callback"
	email       = "front.desk@patients.example"
	verifier    = "test-secret-verifier-0123456789-0123456789-0123456789"
	appointment = "01890f3c-7a1e-7c3d-9b2a-0c1d2e3f4a5b"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type testBundle struct {
	played   *sandbox.Microsoft
	url      string
	client   *microsoft.Client
	token    microsoft.Token
	account  *microsoft.Account
	calendar string
}

// setup returns a mailbox in Chicago that has consented.
func setup(t *testing.T) testBundle {
	t.Helper()
	return setupIn(t, "America/Chicago")
}

func setupIn(t *testing.T, zone string) testBundle {
	t.Helper()
	b := testBundle{played: sandbox.NewMicrosoft(sandbox.MicrosoftApp{ClientID: clientID, ClientSecret: secret, Redirects: []string{redirect}})}
	t.Cleanup(b.played.Close)
	b.calendar = b.played.AddMailbox(email, zone, "Central Standard Time")
	server := httptest.NewServer(b.played)
	t.Cleanup(server.Close)
	b.url = server.URL
	b.client = client(t, server.URL)
	var err error
	b.token, err = b.client.Exchange(t.Context(), b.consent(t), verifier)
	require.NoError(t, err)
	b.account = b.client.Account(b.token.Access)
	return b
}

// client keeps no connections, so that nothing of a test outlives it.
func client(t *testing.T, url string) *microsoft.Client {
	t.Helper()
	return paging(t, url, 3)
}

// paging is a client whose pages have this many rows.
func paging(t *testing.T, url string, size int) *microsoft.Client {
	t.Helper()
	c, err := microsoft.New(microsoft.Options{BaseURL: url, LoginURL: url, ClientID: clientID, ClientSecret: secret, RedirectURL: redirect,
		HTTP: hc(), Timeout: time.Second, Waits: []time.Duration{time.Millisecond, time.Millisecond}, PageSize: size})
	require.NoError(t, err)
	return c
}

func hc() *http.Client { return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} }

// consent sends the person through the platform and returns the code.
func (b testBundle) consent(t *testing.T) string {
	t.Helper()
	answer := b.authorize(t, b.client.AuthURL("state-1", verifier, ""))
	require.Equal(t, "state-1", answer.Get("state"))
	require.Empty(t, answer.Get("error"))
	return answer.Get("code")
}

// authorize opens an address as a browser does and returns what the redirect brings.
func (b testBundle) authorize(t *testing.T, address string) url.Values {
	t.Helper()
	browser := hc()
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	resp, err := browser.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusFound, resp.StatusCode)
	to, err := resp.Location()
	require.NoError(t, err)
	require.Equal(t, redirect, to.Scheme+"://"+to.Host+to.Path)
	return to.Query()
}

// discreet holds an error to saying nothing about whom, what and with which secret.
func discreet(t *testing.T, b testBundle, err error) {
	t.Helper()
	require.Error(t, err)
	for _, verb := range []string{"%v", "%+v", "%s", "%q"} {
		said := fmt.Sprintf(verb, err)
		for _, hidden := range []string{secret, email, b.token.Access, b.token.Refresh, "provider-words", "AADSTS", "zanzibar-lilac", b.calendar} {
			require.NotContains(t, said, hidden, verb)
		}
	}
}

// draft is an hour's visit.
func draft(start time.Time) microsoft.Draft {
	return microsoft.Draft{Appointment: appointment, Subject: "Busy", Text: "zanzibar-lilac", Start: start, End: start.Add(time.Hour), Private: true}
}

// on is what a clock shows.
func on(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
}

func short(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}
