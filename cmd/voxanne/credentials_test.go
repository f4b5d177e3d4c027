package main

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// post sends a JSON body with the file's token.
func post(t *testing.T, values map[string]string, path string, body map[string]string) (status int) {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, values["BACKEND_URL"]+path, strings.NewReader(string(text)))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+values["TOKEN"])
	req.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	return resp.StatusCode
}

// connectPlayed connects the accounts that the env file names, and no other.
func connectPlayed(t *testing.T, values map[string]string) {
	t.Helper()
	account := map[string]string{
		"accountSid": values["SANDBOX_TWILIO_ACCOUNT_SID"], "authToken": values["SANDBOX_TWILIO_AUTH_TOKEN"],
		"phoneNumber": values["SANDBOX_TWILIO_NUMBER"],
	}
	require.Equal(t, http.StatusOK, post(t, values, "/api/integrations/twilio", account))
	account["accountSid"] = "AC" + strings.Repeat("0", 32)
	require.Equal(t, http.StatusBadRequest, post(t, values, "/api/integrations/twilio", account))
	resend := map[string]string{"apiKey": values["SANDBOX_RESEND_API_KEY"], "fromAddress": "hello@" + sandboxDomain}
	require.Equal(t, http.StatusOK, post(t, values, "/api/integrations/resend", resend))
}

// rotatePlayed changes the key of the connected accounts and back again.
func rotatePlayed(t *testing.T, home string, values map[string]string) {
	t.Helper()
	old, fresh := values["CREDENTIALS_KEY"], random16()+random16()
	both := func(first string) []string { return environ(home, "CREDENTIALS_KEY="+first) }

	printed := runIn(t, both("k2:"+fresh+",k1:"+old), "credentials", "rotate-key", "--dry-run")
	require.Contains(t, printed, "2 would be resealed with key k2")
	printed = runIn(t, both("k2:"+fresh+",k1:"+old), "credentials", "rotate-key", "--json")
	require.JSONEq(t, `{"key_id":"k2","dry_run":false,"resealed":2,"failed":[],"left":0,"waiting":0,"complete":true}`, printed)
	require.NotContains(t, printed, fresh)

	path, err := binary()
	require.NoError(t, err)
	lost := exec.Command(path, "credentials", "rotate-key") // the env file's key opens none of them now
	lost.Env = environ(home)
	out, err := lost.CombinedOutput()
	require.ErrorContains(t, err, "exit status 1")
	require.Contains(t, string(out), "unknown_key   "+values["ORG_ID"]+"  twilio (key k2)")
	require.Contains(t, string(out), "2 credentials could not be opened")

	printed = runIn(t, both("k1:"+old+",k2:"+fresh), "credentials", "rotate-key")
	require.Contains(t, printed, "2 resealed with key k1, 0 could not be opened, 0 clinics")
}
