package twilio_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

const (
	sid    = "AC00000000000000000000000000000001"
	token  = "test-secret-twilio-token"
	ours   = "+13125550100"
	theirs = "+13125550123"
	words  = "Your visit, zanzibar-lilac: Mon 4 May, 3 PM."
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type testBundle struct {
	played  *sandbox.Twilio
	url     string
	gateway *twilio.Gateway
	account *twilio.Account
	text    twilio.Text
}

func setup(t *testing.T) testBundle {
	t.Helper()
	played := sandbox.NewTwilio()
	t.Cleanup(played.Close)
	played.AddAccount(sid, token, ours)
	b := against(t, played)
	b.played = played
	return b
}

// against returns an account whose Twilio is this handler.
func against(t *testing.T, handler http.Handler) testBundle {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	b := testBundle{url: server.URL, text: twilio.Text{From: ours, To: theirs, Body: words}}
	b.gateway = gateway(t, server.URL)
	b.account = b.gateway.Account(twilio.Credentials{AccountSID: sid, AuthToken: token})
	return b
}

// gateway keeps no connections, so that nothing of a test outlives it.
func gateway(t *testing.T, url string) *twilio.Gateway {
	t.Helper()
	g, err := twilio.New(twilio.Options{BaseURL: url, HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, Timeout: time.Second})
	require.NoError(t, err)
	return g
}

// discreet holds an error to saying nothing about whom, what and with which secret.
func discreet(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	for _, verb := range []string{"%v", "%+v", "%s", "%q"} {
		said := format(verb, err)
		for _, secret := range []string{token, ours, theirs, "3125550", "zanzibar-lilac", "provider-words", sid} {
			require.NotContains(t, said, secret, verb)
		}
	}
}
