package vapi

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

func playedAccount(t *testing.T) (*sandbox.Vapi, *Client) {
	t.Helper()
	played := sandbox.NewVapi("test-secret-key")
	server := httptest.NewServer(played)
	t.Cleanup(server.Close)
	client, err := New(Options{BaseURL: server.URL, Key: "test-secret-key"})
	require.NoError(t, err)
	return played, client
}

func encoded(t *testing.T, fields map[string]any) Object {
	t.Helper()
	o, err := Encode(fields)
	require.NoError(t, err)
	return o
}

func TestANumberIsImportedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	played, client := playedAccount(t)
	body := map[string]any{"provider": "twilio", "number": "+13125550190", "twilioAccountSid": "AC1", "twilioAuthToken": "test-secret-token", "smsEnabled": false, "name": "Main"}
	made, err := client.CreatePhoneNumber(t.Context(), encoded(t, body))
	require.NoError(t, err)
	require.NotContains(t, string(made.Bytes()), "test-secret", "Vapi does not show the token again")
	require.Equal(t, "test-secret-token", played.Secret(made.Text("id")))
	var refused *InvalidError
	_, err = client.CreatePhoneNumber(t.Context(), encoded(t, body))
	require.ErrorAs(t, err, &refused, "not twice")
	require.NotContains(t, err.Error(), "3125550190")

	changed, err := client.PatchPhoneNumber(t.Context(), made.Text("id"), encoded(t, map[string]any{"provider": "twilio", "fallbackDestination": map[string]any{"type": "number", "number": "+13125550150"}}))
	require.NoError(t, err)
	require.Equal(t, "+13125550150", changed.object("fallbackDestination").Text("number"))
	_, err = client.PatchPhoneNumber(t.Context(), made.Text("id"), encoded(t, map[string]any{"name": "Other"}))
	require.ErrorAs(t, err, &refused, "the provider must be named")
	got, err := client.GetPhoneNumber(t.Context(), made.Text("id"))
	require.NoError(t, err)
	require.Equal(t, "Main", got.Text("name"))
	listed, err := client.ListPhoneNumbers(t.Context())
	require.NoError(t, err)
	require.Len(t, listed, 1)
	require.NoError(t, client.DeletePhoneNumber(t.Context(), made.Text("id")))
	require.ErrorIs(t, client.DeletePhoneNumber(t.Context(), made.Text("id")), ErrNotFound)
}

func TestCredentialsMayBeAbsent(t *testing.T) {
	t.Parallel()
	played, client := playedAccount(t)
	body := encoded(t, map[string]any{"provider": "twilio", "accountSid": "AC1", "authToken": "test-secret-token", "name": "Main"})
	made, err := client.CreateCredential(t.Context(), body)
	require.NoError(t, err)
	require.NotContains(t, string(made.Bytes()), "test-secret")
	_, err = client.PatchCredential(t.Context(), made.Text("id"), encoded(t, map[string]any{"authToken": "test-secret-other"}))
	require.NoError(t, err)
	require.Equal(t, "test-secret-other", played.Secret(made.Text("id")))
	require.NoError(t, client.DeleteCredential(t.Context(), made.Text("id")))
	require.ErrorIs(t, client.DeleteCredential(t.Context(), made.Text("id")), ErrNotFound)

	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		played.AbsentCredentials(status)
		_, err = client.CreateCredential(t.Context(), body)
		require.ErrorIs(t, err, ErrAbsent)
		_, err = client.ListCredentials(t.Context())
		require.ErrorIs(t, err, ErrAbsent)
	}
}
