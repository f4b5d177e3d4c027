package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// state is an account in GET /api/integrations/status.
type state struct {
	Connected    bool
	LastVerified *time.Time
	Problem      *string
}

func (c *connectable) status(t *testing.T) (states map[string]state) {
	t.Helper()
	w := c.request(t, http.MethodGet, "/api/integrations/status", nil)
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	var answer struct {
		Success bool
		Data    map[string]state
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	require.True(t, answer.Success)
	return answer.Data
}

func TestTheStatusOfIntegrationsIsTrue(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	require.Equal(t, map[string]state{"vapi": {Connected: true}, "twilio": {}, "googleCalendar": {}, "outlook": {}, "resend": {}, "elevenlabs": {}}, c.status(t))
	c.request(t, http.MethodPost, twilioPath, twilioAccount(testSID, testToken, testNumber))
	c.data.Exec(t, "update public.profiles set role = 'viewer' where user_id = $1", c.user)
	now := c.status(t)
	require.True(t, now["twilio"].Connected)
	require.WithinDuration(t, time.Now(), *now["twilio"].LastVerified, time.Minute)
	require.False(t, now["resend"].Connected)

	org, user := c.signUp(t, "ben.quillby@patients.example")
	require.NotContains(t, c.requestAs(t, org, user, http.MethodGet, "/api/integrations/status", nil).Body.String(), `"lastVerified":"`, "another clinic's is its own")
}

func TestAnAccountIsVerifiedWithItsProvider(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	verify := func(provider string) error {
		w := c.request(t, http.MethodPost, "/api/integrations/"+provider+"/verify", nil)
		if w.Code == http.StatusOK {
			return nil
		}
		refused := requireRefusal(t, w, w.Code, Code(decoded(t, w)["code"].(string)))
		return errors.New(string(refused.Code) + ": " + refused.Error)
	}
	require.ErrorContains(t, verify("twilio"), "not_found")
	require.ErrorContains(t, verify("elevenlabs"), "bad_request", "not one of those that can be asked")
	require.Equal(t, http.StatusOK, c.request(t, http.MethodPost, twilioPath, twilioAccount(testSID, testToken, testNumber)).Code)
	require.Equal(t, http.StatusOK, c.request(t, http.MethodPost, resendPath, resendAccount(testResendKey, "hello@clinic.example")).Code)
	require.NoError(t, verify("twilio"))
	require.NoError(t, verify("resend"))

	c.data.Exec(t, "update public.org_credentials set last_verified_at = '2020-01-01'")
	c.twilio.Suspend(testSID)
	require.ErrorContains(t, verify("twilio"), "bad_request: This Twilio account is suspended")
	shown := c.status(t)["twilio"]
	require.False(t, shown.Connected)
	require.Equal(t, 2020, shown.LastVerified.Year())
	require.Contains(t, *shown.Problem, "suspended")
	c.resend.Fail(sandbox.Failure{Status: 503})
	require.ErrorContains(t, verify("resend"), "busy")
	require.True(t, c.status(t)["resend"].Connected, "nobody said anything about the account")

	c.openTwilio()
	require.NoError(t, verify("twilio"))
	require.WithinDuration(t, time.Now(), *c.status(t)["twilio"].LastVerified, time.Minute)
	require.Nil(t, c.status(t)["twilio"].Problem)

	require.NoError(t, verify("vapi"))
	c.vapiSays = vapi.ErrUnauthorized
	require.ErrorContains(t, verify("vapi"), "bad_request: Vapi refuses")
	c.vapiSays = errors.New("test-secret of Vapi's")
	require.ErrorContains(t, verify("vapi"), "busy")
	c.data.Exec(t, "update public.org_credentials set sender = null where provider = 'twilio'")
	require.ErrorContains(t, verify("twilio"), "not_found", "its number was released: there is nothing to ask about")
	c.data.Exec(t, "update public.org_credentials set key_id = 'gone'")
	require.ErrorContains(t, verify("twilio"), "cannot be opened")
	asked := c.twilio.Requests()
	c.data.Exec(t, "update public.profiles set role = 'staff' where user_id = $1", c.user)
	require.ErrorContains(t, verify("twilio"), "forbidden")
	require.Equal(t, asked, c.twilio.Requests(), "it was not asked")
}
