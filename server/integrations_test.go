package server

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/server/apitest"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

const (
	testSID       = "AC1200000000000000000000000000009f"
	testToken     = "test-secret-twilio-token-0000001" // 32 characters, as Twilio's
	testNumber    = "+13125550190"
	voiceNumber   = "+13125550191"
	testResendKey = "re_test-secret-resend-key"
	testDashboard = "https://dashboard.clinic.example"

	twilioPath = "/api/integrations/twilio"
	resendPath = "/api/integrations/resend"
)

// connectable is a clinic whose server reaches a played Twilio and Resend.
type connectable struct {
	*clinic
	served *db.DB
	keys   *vault.Keyring
	twilio *sandbox.Twilio
	resend *sandbox.Resend
	mail   *email.Resend
	log    *logBuffer
	// messages sends as the workers do; vapiSays is what Vapi answers about the platform's key.
	messages *messenger.Messenger
	vapiSays error
}

func setupConnectable(t *testing.T) *connectable {
	t.Helper()
	c := &connectable{
		clinic: &clinic{data: dbtest.New(t)}, log: &logBuffer{},
		twilio: sandbox.NewTwilio(), resend: sandbox.NewResend(testResendKey),
	}
	t.Cleanup(c.twilio.Close)
	c.openTwilio()
	c.resend.Verified("clinic.example")
	var err error
	c.served, err = db.Open(t.Context(), c.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(c.served.Close)
	c.keys, err = vault.ParseKeyring(testKey)
	require.NoError(t, err)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	texts, err := twilio.New(twilio.Options{BaseURL: played(t, c.twilio), HTTP: client, Timeout: time.Second})
	require.NoError(t, err)
	mail, err := email.NewResend(email.ResendOptions{BaseURL: played(t, c.resend), HTTP: client, Timeout: time.Second})
	require.NoError(t, err)
	c.mail = mail
	log := NewLogger(logtest.Keep(t, c.log), slog.LevelDebug)
	c.messages, err = messenger.New(messenger.Options{
		DB: c.served, Keys: c.keys, Twilio: texts, Resend: mail, PlatformEmail: mail.With(testResendKey), PlatformFrom: "team@clinic.example",
		BackendURL: "https://api.clinic.example", DashboardURL: testDashboard, Log: log,
	})
	require.NoError(t, err)
	handler, err := New(Deps{
		DB: NewDatabase(c.served), Auth: hs256Verifier(), Log: log,
		Metrics: NewMetrics(), Accounts: NewAccounts(c.keys, texts, mail), Checks: c.messages,
		Vapi:        VapiAccount{Configured: true, Verify: func(context.Context) error { return c.vapiSays }},
		Invitations: InvitationMail{DashboardURL: testDashboard, Platform: c.messages.PlatformMail()},
	})
	require.NoError(t, err)
	c.handler = apitest.Checked(t, logtest.KeepErrors(t, handler))
	c.org, c.user = c.signUp(t, "ada.quillfeather@patients.example")
	return c
}

// openTwilio gives the account its numbers, and makes a suspended one active again.
func (c *connectable) openTwilio() {
	c.twilio.AddAccount(testSID, testToken, testNumber)
	c.twilio.AddVoiceNumber(testSID, voiceNumber)
}

func played(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// request sends body, if any, as the clinic's member.
func (c *connectable) request(t *testing.T, method, path string, body any) *httptest.ResponseRecorder {
	t.Helper()
	return c.requestAs(t, c.org, c.user, method, path, body)
}

func (c *connectable) requestAs(t *testing.T, org, user uuid.UUID, method, path string, body any) *httptest.ResponseRecorder {
	t.Helper()
	var payload bytes.Buffer
	if body != nil {
		require.NoError(t, json.NewEncoder(&payload).Encode(body))
	}
	r := httptest.NewRequest(method, path, &payload)
	r.Header.Set("Content-Type", "application/json")
	claims := c.claims(func(claims map[string]any) {
		claims["sub"], claims["app_metadata"] = user.String(), map[string]any{"org_id": org.String()}
	})
	r.Header.Set("Authorization", "Bearer "+sign(t, claims, jwa.HS256(), []byte(testJWTSecret)))
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w
}

func twilioAccount(sid, token, number string) map[string]string {
	return map[string]string{"accountSid": sid, "authToken": token, "phoneNumber": number}
}

func resendAccount(key, from string) map[string]string {
	return map[string]string{"apiKey": key, "fromAddress": from}
}

// stored opens what is stored, as a job does; empty when nothing is.
func (c *connectable) stored(t *testing.T, provider string) string {
	t.Helper()
	var count int
	require.NoError(t, c.data.Pool(t).QueryRow(t.Context(),
		"select count(*) from public.org_credentials where org_id = $1 and provider = $2", c.org, provider).Scan(&count))
	if count == 0 {
		return ""
	}
	var plain []byte
	require.NoError(t, c.served.AsTenant(t.Context(), c.org, func(tx db.Tx) error {
		row, err := tx.ReadCredential(t.Context(), provider)
		require.NoError(t, err)
		plain, err = c.keys.Open(c.org, provider, vault.Sealed{Ciphertext: row.Ciphertext, Nonce: row.Nonce, AuthTag: row.AuthTag, KeyID: row.KeyID})
		return err
	}))
	return string(plain)
}

// requireNoSecret looks for planted secrets in the log.
func (c *connectable) requireNoSecret(t *testing.T) {
	t.Helper()
	require.NotEmpty(t, c.log.lines(t, "request"), "control: requests are logged")
	require.NotContains(t, c.log.String(), "test-secret")
	require.NotContains(t, c.log.String(), testSID)
	require.NotContains(t, c.log.String(), "3125550190")
}

func TestTwilioIsConnectedShownAndForgotten(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	missing := requireRefusal(t, c.request(t, http.MethodGet, twilioPath, nil), http.StatusNotFound, CodeNotFound)
	require.Equal(t, "Twilio not configured", missing.Error)

	w := c.request(t, http.MethodPost, twilioPath, twilioAccount(testSID, testToken, testNumber))
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.JSONEq(t, `{"success":true,"message":"Twilio connected."}`, w.Body.String())
	require.JSONEq(t, `{"accountSid":"`+testSID+`","authToken":"`+testToken+`"}`, c.stored(t, "twilio"))

	for _, role := range []string{"owner", "admin", "staff", "viewer"} {
		c.data.Exec(t, "update public.profiles set role = $1 where user_id = $2", role, c.user)
		w = c.request(t, http.MethodGet, twilioPath, nil)
		require.Equal(t, http.StatusOK, w.Code, w.Body.String())
		var shown struct {
			Success bool
			Config  struct {
				AccountSid, PhoneNumber, AuthToken string
				LastVerifiedAt                     time.Time
			}
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &shown))
		require.True(t, shown.Success)
		require.Equal(t, "AC12…9f", shown.Config.AccountSid)
		require.Equal(t, testNumber, shown.Config.PhoneNumber)
		require.Equal(t, "••••••••", shown.Config.AuthToken)
		require.WithinDuration(t, time.Now(), shown.Config.LastVerifiedAt, time.Minute)
		require.NotContains(t, w.Body.String(), "test-secret")
	}

	requireRefusal(t, c.request(t, http.MethodDelete, twilioPath, nil), http.StatusForbidden, CodeForbidden)
	require.NotEmpty(t, c.stored(t, "twilio"), "a viewer forgets nothing")
	c.data.Exec(t, "update public.profiles set role = 'admin' where user_id = $1", c.user)
	for range 2 {
		w = c.request(t, http.MethodDelete, twilioPath, nil)
		require.Equal(t, http.StatusOK, w.Code, w.Body.String())
		require.JSONEq(t, `{"success":true}`, w.Body.String())
		requireRefusal(t, c.request(t, http.MethodGet, twilioPath, nil), http.StatusNotFound, CodeNotFound)
	}
	c.requireNoSecret(t)
}

func TestResendIsConnectedShownAndForgotten(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	missing := requireRefusal(t, c.request(t, http.MethodGet, resendPath, nil), http.StatusNotFound, CodeNotFound)
	require.Equal(t, "Resend not configured", missing.Error)
	w := c.request(t, http.MethodPost, resendPath, resendAccount(testResendKey, "hello@clinic.example"))
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.JSONEq(t, `{"apiKey":"`+testResendKey+`"}`, c.stored(t, "resend"))
	w = c.request(t, http.MethodGet, resendPath, nil)
	require.Contains(t, w.Body.String(), `"apiKey":"••••••••","fromAddress":"hello@clinic.example"`)
	w = c.request(t, http.MethodDelete, resendPath, nil)
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.Empty(t, c.stored(t, "resend"))
	c.requireNoSecret(t)
}

// What is refused is not stored, and what was stored before stays.
func TestRefusedAccountsAreNotStored(t *testing.T) {
	t.Parallel()
	other := strings.Replace(testSID, "12", "34", 1)
	fail := func(f sandbox.Failure) func(*connectable) { return func(c *connectable) { c.twilio.Fail(f) } }
	failResend := func(c *connectable) { c.resend.Fail(sandbox.Failure{Status: 503}) }
	cases := map[string]struct {
		path    string
		body    map[string]string
		arrange func(*connectable)
		status  int
		code    Code
		want    string
	}{
		"wrong token":             {twilioPath, twilioAccount(testSID, "test-secret-wrong-token-00000001", testNumber), nil, 400, CodeBadRequest, "Invalid Twilio credentials"},
		"unknown account":         {twilioPath, twilioAccount(other, testToken, testNumber), nil, 400, CodeBadRequest, "Invalid Twilio credentials"},
		"number of nobody":        {twilioPath, twilioAccount(testSID, testToken, "+13125550192"), nil, 400, CodeBadRequest, "does not belong to that Twilio account"},
		"number for voice only":   {twilioPath, twilioAccount(testSID, testToken, voiceNumber), nil, 400, CodeBadRequest, "cannot send texts"},
		"suspended":               {twilioPath, twilioAccount(testSID, testToken, testNumber), func(c *connectable) { c.twilio.Suspend(testSID) }, 400, CodeBadRequest, "suspended or closed"},
		"Twilio fails":            {twilioPath, twilioAccount(testSID, testToken, testNumber), fail(sandbox.Failure{Status: 500}), 503, CodeBusy, "Twilio cannot be asked"},
		"Twilio is asked a lot":   {twilioPath, twilioAccount(testSID, testToken, testNumber), fail(sandbox.Failure{Status: 429}), 503, CodeBusy, "Twilio cannot be asked"},
		"Twilio hangs":            {twilioPath, twilioAccount(testSID, testToken, testNumber), fail(sandbox.Failure{Delay: time.Minute}), 503, CodeBusy, "Twilio cannot be asked"},
		"no account SID":          {twilioPath, twilioAccount("test-secret", testToken, testNumber), nil, 400, CodeBadRequest, `"accountSid": it has the wrong format`},
		"short token":             {twilioPath, twilioAccount(testSID, "test-secret", testNumber), nil, 400, CodeBadRequest, `"authToken": it is too short`},
		"number without country":  {twilioPath, twilioAccount(testSID, testToken, "3125550190"), nil, 400, CodeBadRequest, `"phoneNumber": it has the wrong format`},
		"wrong key":               {resendPath, resendAccount("re_test-secret-wrong", "hello@clinic.example"), nil, 400, CodeBadRequest, "Invalid Resend credentials"},
		"domain not verified":     {resendPath, resendAccount(testResendKey, "hello@elsewhere.example"), nil, 400, CodeBadRequest, "not verified this address's domain"},
		"Resend fails":            {resendPath, resendAccount(testResendKey, "hello@clinic.example"), failResend, 503, CodeBusy, "Resend cannot be asked"},
		"address with a name":     {resendPath, resendAccount(testResendKey, "Quill <hello@clinic.example>"), nil, 400, CodeBadRequest, `"fromAddress": it has the wrong format`},
		"address that adds lines": {resendPath, resendAccount(testResendKey, "hello@clinic.example\r\nBcc: x@y.example"), nil, 400, CodeBadRequest, `"fromAddress": it has the wrong format`},
	}
	c := setupConnectable(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c.openTwilio()
			provider := tc.path[strings.LastIndex(tc.path, "/")+1:]
			good := twilioAccount(testSID, testToken, testNumber)
			if provider == "resend" {
				good = resendAccount(testResendKey, "hello@clinic.example")
			}
			require.Equal(t, http.StatusOK, c.request(t, http.MethodPost, tc.path, good).Code)
			before := c.stored(t, provider)
			if tc.arrange != nil {
				tc.arrange(c)
			}
			refused := requireRefusal(t, c.request(t, http.MethodPost, tc.path, tc.body), tc.status, tc.code)
			require.Contains(t, refused.Error, tc.want)
			require.Equal(t, before, c.stored(t, provider), "the former account stays")
			require.Equal(t, http.StatusOK, c.request(t, http.MethodDelete, tc.path, nil).Code)
			if tc.arrange != nil {
				tc.arrange(c)
			}
			requireRefusal(t, c.request(t, http.MethodPost, tc.path, tc.body), tc.status, tc.code)
			require.Empty(t, c.stored(t, provider), "nothing is stored")
			c.requireNoSecret(t)
		})
	}
}

func TestOnlyOwnersAndAdminsGetToTryAccounts(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	for _, role := range []string{"staff", "viewer"} {
		c.data.Exec(t, "update public.profiles set role = $1 where user_id = $2", role, c.user)
		requireRefusal(t, c.request(t, http.MethodPost, twilioPath, twilioAccount(testSID, testToken, testNumber)), http.StatusForbidden, CodeForbidden)
		requireRefusal(t, c.request(t, http.MethodPost, resendPath, resendAccount(testResendKey, "hello@clinic.example")), http.StatusForbidden, CodeForbidden)
	}
	require.Zero(t, c.twilio.Requests()+c.resend.Requests(), "the providers were not asked")
	require.Empty(t, c.stored(t, "twilio"))
	c.data.Exec(t, "delete from public.profiles where user_id = $1", c.user)
	requireRefusal(t, c.request(t, http.MethodPost, twilioPath, twilioAccount(testSID, testToken, testNumber)), http.StatusUnauthorized, CodeNotAMember)
}

func TestANumberConnectsToOneOrganization(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	require.Equal(t, http.StatusOK, c.request(t, http.MethodPost, twilioPath, twilioAccount(testSID, testToken, testNumber)).Code)
	org, user := c.signUp(t, "ben.quillby@patients.example")
	requireRefusal(t, c.requestAs(t, org, user, http.MethodPost, twilioPath, twilioAccount(testSID, testToken, testNumber)), http.StatusConflict, CodeConflict)
	requireRefusal(t, c.requestAs(t, org, user, http.MethodGet, twilioPath, nil), http.StatusNotFound, CodeNotFound)
	require.Equal(t, http.StatusOK, c.request(t, http.MethodGet, twilioPath, nil).Code, "the first keeps it")
}

func TestADeletedOrganizationConnectsNothing(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	c.data.Exec(t, `update organizations set deleted_at = now() where id = $1`, c.org)
	w := c.request(t, http.MethodPost, twilioPath, map[string]any{"accountSid": testSID, "authToken": testToken, "phoneNumber": testNumber})
	requireRefusal(t, w, http.StatusGone, CodeGone)
	require.Zero(t, c.twilio.Requests(), "its keys are not even tried")
}
