package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/jobs/readiness"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

const testVapiKey = "test-secret-vapi-key"

// line is a clinic whose server reaches a played Twilio and Vapi, with a worker beside it.
type line struct {
	*connectable
	vapi    *sandbox.Vapi
	numbers *provisioner.Provisioner
	tools   *toolsync.Syncer
}

func setupLine(t *testing.T) *line {
	t.Helper()
	l := &line{connectable: setupConnectable(t), vapi: sandbox.NewVapi(testVapiKey)}
	l.vapi.Telephony(l.twilio)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	texts, err := twilio.New(twilio.Options{BaseURL: played(t, l.twilio), HTTP: client, Timeout: time.Second})
	require.NoError(t, err)
	account, err := vapi.New(vapi.Options{BaseURL: played(t, l.vapi), Key: testVapiKey, HTTP: client, Timeout: time.Second})
	require.NoError(t, err)
	accounts, err := messenger.New(messenger.Options{DB: l.served, Keys: l.keys, Twilio: texts, Resend: l.mail,
		BackendURL: "https://api.clinic.example", Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	l.numbers, err = provisioner.New(provisioner.Options{DB: l.served, Accounts: accounts, Twilio: texts, Vapi: account,
		BackendURL: "https://api.clinic.example", Secret: "test-secret-webhook"})
	require.NoError(t, err)
	l.tools, err = toolsync.New(toolsync.Options{DB: l.served, Vapi: account, BackendURL: "https://api.clinic.example", Secret: "test-secret-webhook"})
	require.NoError(t, err)
	handler, err := New(Deps{
		DB: NewDatabase(l.served), Auth: hs256Verifier(), Log: NewLogger(logtest.Keep(t, l.log), slog.LevelDebug),
		Metrics: NewMetrics(), Accounts: NewAccounts(l.keys, texts, l.mail), Lines: l.numbers,
		Readiness: readiness.Checker{DB: l.served, Lines: l.numbers, Assistants: l.tools},
	})
	require.NoError(t, err)
	l.handler = logtest.KeepErrors(t, handler)
	return l
}

// worker works every run that there is, as the queue's jobs do, until the test ends.
func (l *line) worker(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	pool := l.data.Pool(t)
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			var org, run uuid.UUID
			err := pool.QueryRow(ctx, `select org_id, id from public.provisioning where state in ('running', 'undoing', 'releasing')
				and lease_id is null order by next_at nulls first limit 1`).Scan(&org, &run)
			if err == nil {
				_, _ = l.numbers.Work(ctx, org, run) // an error shows as a run that does not end
			}
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	t.Cleanup(func() { stop(); running.Wait() })
}

func (l *line) setUp(number string) map[string]string {
	return map[string]string{"twilioAccountSid": testSID, "twilioAuthToken": testToken, "twilioPhoneNumber": number}
}

func TestAClinicGetsItsNumberAndGivesItUp(t *testing.T) {
	t.Parallel()
	l := setupLine(t)
	l.worker(t)
	none := answered(t, l.request(t, http.MethodGet, "/api/inbound/status", nil), http.StatusOK)
	require.Equal(t, []any{false, nil, "none", []any{}}, []any{none["configured"], none["inboundNumber"], none["status"], none["steps"]})
	requireRefusal(t, l.request(t, http.MethodPost, "/api/inbound/test", nil), http.StatusNotFound, CodeNotFound)

	got := answered(t, l.request(t, http.MethodPost, "/api/inbound/setup", l.setUp(testNumber)), http.StatusOK)
	require.Equal(t, []any{true, testNumber, "active"}, []any{got["success"], got["inboundNumber"], got["status"]})
	require.Contains(t, l.vapi.PhoneNumbers(), got["vapiPhoneNumberId"])
	require.NotEmpty(t, got["agentId"])
	require.NotEmpty(t, got["requestId"])
	requests := l.vapi.Requests()
	again := answered(t, l.request(t, http.MethodPost, "/api/inbound/setup", l.setUp(testNumber)), http.StatusOK)
	again["requestId"] = got["requestId"]
	require.Equal(t, got, again)
	require.Equal(t, "Twilio connected.", answered(t, l.request(t, http.MethodPost, twilioPath, twilioAccount(testSID, testToken, testNumber)), http.StatusOK)["message"])
	require.Equal(t, requests, l.vapi.Requests(), "the same number again is the same line")

	status := answered(t, l.request(t, http.MethodGet, "/api/inbound/status", nil), http.StatusOK)
	require.Equal(t, []any{true, testNumber, got["vapiPhoneNumberId"], false, nil, "active"},
		[]any{status["configured"], status["inboundNumber"], status["vapiPhoneNumberId"], status["workspaceMismatch"], status["lastError"], status["status"]})
	require.Len(t, status["steps"], 5)
	test := answered(t, l.request(t, http.MethodPost, "/api/inbound/test", nil), http.StatusOK)
	require.Equal(t, true, test["success"])
	require.Len(t, test["findings"], 5)

	numbers := answered(t, l.request(t, http.MethodGet, "/api/phone-numbers", nil), http.StatusOK)["numbers"].([]any)
	require.Len(t, numbers, 1)
	id := numbers[0].(map[string]any)["id"].(string)
	old := answered(t, l.request(t, http.MethodGet, "/api/integrations/vapi/numbers", nil), http.StatusOK)["numbers"].([]any)
	require.Equal(t, got["vapiPhoneNumberId"], old[0].(map[string]any)["id"])
	requireRefusal(t, l.request(t, http.MethodDelete, twilioPath, nil), http.StatusConflict, CodeConflict)

	released := answered(t, l.request(t, http.MethodDelete, "/api/phone-numbers/"+id, nil), http.StatusOK)
	require.Equal(t, "released", released["status"])
	require.Empty(t, l.vapi.PhoneNumbers())
	require.Empty(t, l.vapi.Credentials())
	requireRefusal(t, l.request(t, http.MethodDelete, "/api/phone-numbers/"+id, nil), http.StatusNotFound, CodeNotFound)
	require.Contains(t, l.stored(t, "twilio"), testToken, "the account is kept")
	require.Equal(t, "", answered(t, l.request(t, http.MethodGet, twilioPath, nil), http.StatusOK)["config"].(map[string]any)["phoneNumber"])
	l.requireNoSecret(t)
}

func TestATestOfTheLineReallyAsks(t *testing.T) {
	t.Parallel()
	l := setupLine(t)
	l.worker(t)
	answered(t, l.request(t, http.MethodPost, "/api/inbound/setup", l.setUp(testNumber)), http.StatusOK)
	check := func() (wrong []string, success any) {
		got := answered(t, l.request(t, http.MethodPost, "/api/inbound/test", nil), http.StatusOK)
		for _, f := range got["findings"].([]any) {
			if f := f.(map[string]any); f["ok"] == false {
				require.NotEmpty(t, f["message"])
				wrong = append(wrong, f["code"].(string))
			}
		}
		return wrong, got["success"]
	}
	mend := func() {
		answered(t, l.request(t, http.MethodPost, "/api/inbound/setup", l.setUp(testNumber)), http.StatusOK)
		wrong, success := check()
		require.Empty(t, wrong)
		require.Equal(t, true, success)
	}
	good, _ := l.twilio.Number(testSID, testNumber)
	broken := good
	broken.SMSURL, broken.VoiceURL = "https://elsewhere.example/sms", "https://elsewhere.example/voice"
	l.twilio.AddNumber(testSID, broken)
	wrong, success := check()
	require.Equal(t, []string{"texts_go_elsewhere", "calls_go_elsewhere"}, wrong)
	require.Equal(t, false, success)
	status := answered(t, l.request(t, http.MethodGet, "/api/inbound/status", nil), http.StatusOK)
	require.Equal(t, []any{true, "texts_go_elsewhere"}, []any{status["configured"], status["lastErrorCode"]})
	mend()
	for id := range l.vapi.PhoneNumbers() {
		r := httptest.NewRequest(http.MethodDelete, "/phone-number/"+id, nil)
		r.Header.Set("Authorization", "Bearer "+testVapiKey)
		l.vapi.ServeHTTP(httptest.NewRecorder(), r)
	}
	wrong, _ = check()
	require.Equal(t, []string{"number_gone"}, wrong)
	require.Equal(t, true, answered(t, l.request(t, http.MethodGet, "/api/inbound/status", nil), http.StatusOK)["workspaceMismatch"])
	mend()
	require.Len(t, l.vapi.PhoneNumbers(), 1)
	l.twilio.Suspend(testSID)
	wrong, _ = check()
	require.Equal(t, []string{"twilio_suspended"}, wrong)
}

func TestASetUpThatFailsSaysWhyAndIsUndone(t *testing.T) {
	t.Parallel()
	l := setupLine(t)
	l.worker(t)
	_, err := l.vapi.AddPhoneNumber(json.RawMessage(`{"number": "` + testNumber + `", "name": "Front desk"}`))
	require.NoError(t, err)
	refused := requireRefusal(t, l.request(t, http.MethodPost, "/api/inbound/setup", l.setUp(testNumber)), http.StatusUnprocessableEntity, CodeUnprocessable)
	require.Contains(t, refused.Error, "has been undone")
	require.Equal(t, map[string]any{"reason": "number_taken_at_vapi"}, refused.Details)
	status := answered(t, l.request(t, http.MethodGet, "/api/inbound/status", nil), http.StatusOK)
	require.Equal(t, []any{false, "undone", true}, []any{status["configured"], status["status"], status["workspaceMismatch"]})
	require.Empty(t, l.vapi.Credentials())
	require.Contains(t, l.stored(t, "twilio"), testToken)

	for number, sentence := range map[string]string{voiceNumber: "cannot send texts", "+13125550192": "does not belong", "+13125550193": "cannot take calls"} {
		l.twilio.AddNumber(testSID, sandbox.TwilioNumber{Number: "+13125550193", NoVoice: true})
		refused = requireRefusal(t, l.request(t, http.MethodPost, "/api/inbound/setup", l.setUp(number)), http.StatusBadRequest, CodeBadRequest)
		require.Contains(t, refused.Error, sentence)
	}
	l.data.Exec(t, "update public.locations set phone = $1 where org_id = $2", testNumber, l.org)
	requireRefusal(t, l.request(t, http.MethodPost, "/api/inbound/setup", l.setUp(testNumber)), http.StatusConflict, CodeConflict)
	l.become(t, "staff")
	for _, path := range []string{"/api/inbound/setup", twilioPath, "/api/inbound/test"} {
		body := any(l.setUp(testNumber))
		if path == twilioPath {
			body = twilioAccount(testSID, testToken, testNumber)
		}
		requireRefusal(t, l.request(t, http.MethodPost, path, body), http.StatusForbidden, CodeForbidden)
	}
	l.requireNoSecret(t)
}

// A set-up that was answered before its end is told to staff when it ends.
func TestALaterFailureIsToldToStaff(t *testing.T) {
	t.Parallel()
	l := setupLine(t)
	_, err := l.vapi.AddPhoneNumber(json.RawMessage(`{"number": "` + testNumber + `", "name": "Front desk"}`))
	require.NoError(t, err)
	answered(t, l.request(t, http.MethodPost, "/api/inbound/setup", l.setUp(testNumber)), http.StatusAccepted)
	told := func() []any {
		return answered(t, l.request(t, http.MethodGet, "/api/notifications", nil), http.StatusOK)["notifications"].([]any)
	}
	require.Empty(t, told())
	l.worker(t)
	require.Eventually(t, func() bool { return len(told()) == 1 }, 20*time.Second, 50*time.Millisecond)
	first := told()[0].(map[string]any)
	require.Equal(t, []any{"number_failed", "provisioning"}, []any{first["type"], first["related_entity_type"]})
	require.NotContains(t, first["title"], "312555")
}

func TestWithoutAWorkerASetUpIsUnderWay(t *testing.T) {
	t.Parallel()
	l := setupLine(t)
	got := answered(t, l.request(t, http.MethodPost, "/api/inbound/setup", l.setUp(testNumber)), http.StatusAccepted)
	require.Equal(t, []any{true, "running", nil}, []any{got["success"], got["status"], got["vapiPhoneNumberId"]})
	require.Zero(t, l.vapi.Requests(), "the server does nothing outside by itself")
}

// Two organizations that want one number at once: one gets it, the other is told, and not whose it is.
func TestOneNumberIsOneOrganizations(t *testing.T) {
	t.Parallel()
	l := setupLine(t)
	l.worker(t)
	other, user := l.signUp(t, "ben.quillworth@patients.example")
	answers := make([]*httptest.ResponseRecorder, 2)
	var both sync.WaitGroup
	for i, who := range [][2]uuid.UUID{{l.org, l.user}, {other, user}} {
		both.Go(func() {
			answers[i] = l.requestAs(t, who[0], who[1], http.MethodPost, "/api/inbound/setup", l.setUp(testNumber))
		})
	}
	both.Wait()
	won, lost := answers[0], answers[1]
	if won.Code != http.StatusOK {
		won, lost = lost, won
	}
	answered(t, won, http.StatusOK)
	refused := requireRefusal(t, lost, http.StatusConflict, CodeConflict)
	require.Equal(t, "This number is in use by another organization.", refused.Error)
	require.NotContains(t, lost.Body.String(), l.org.String())
	require.NotContains(t, lost.Body.String(), other.String())
	require.Len(t, l.vapi.PhoneNumbers(), 1)
	require.Len(t, l.vapi.Credentials(), 1)
}

func TestNumbersAreMappedAndLookedUp(t *testing.T) {
	t.Parallel()
	l := setupLine(t)
	l.worker(t)
	answered(t, l.request(t, http.MethodPost, "/api/inbound/setup", l.setUp(testNumber)), http.StatusOK)
	evening := l.made(t, `insert into public.agents (org_id, name, role) values ($1, 'Evening', 'inbound')`, l.org).String()
	mapped := answered(t, l.request(t, http.MethodPost, "/api/inbound/phone-mappings", map[string]any{"phoneNumber": testNumber, "agentId": evening}), http.StatusCreated)["mapping"].(map[string]any)
	require.Equal(t, []any{testNumber, evening, "Evening", "dynamic"}, []any{mapped["phoneNumber"], mapped["agentId"], mapped["agentName"], mapped["routing"]})
	path := "/api/inbound/phone-mappings/" + mapped["id"].(string)
	require.Len(t, answered(t, l.request(t, http.MethodGet, "/api/inbound/phone-mappings", nil), http.StatusOK)["mappings"], 1)
	requireRefusal(t, l.request(t, http.MethodPatch, path, map[string]any{"routing": "fixed"}), http.StatusConflict, CodeConflict)
	requireRefusal(t, l.request(t, http.MethodPatch, path, map[string]any{"number": "x"}), http.StatusBadRequest, CodeBadRequest)
	changed := answered(t, l.request(t, http.MethodPatch, path, map[string]any{"agentId": nil}), http.StatusOK)["mapping"].(map[string]any)
	require.Equal(t, []any{nil, "Receptionist"}, []any{changed["agentId"], changed["agentName"]})
	require.Equal(t, "dynamic", answered(t, l.request(t, http.MethodDelete, path, nil), http.StatusOK)["mapping"].(map[string]any)["routing"])

	for _, written := range []string{testNumber, "%2B13125550190", "13125550190"} {
		found := answered(t, l.request(t, http.MethodGet, "/api/inbound/phone-lookup/"+written, nil), http.StatusOK)["mapping"].(map[string]any)
		require.Equal(t, testNumber, found["phoneNumber"])
	}
	other, user := l.signUp(t, "ben.quillworth@patients.example")
	for _, ask := range [][2]string{{http.MethodGet, "/api/inbound/phone-lookup/" + testNumber}, {http.MethodGet, "/api/phone-numbers/" + mapped["id"].(string)},
		{http.MethodDelete, "/api/phone-numbers/" + mapped["id"].(string)}, {http.MethodDelete, path}} {
		requireRefusal(t, l.requestAs(t, other, user, ask[0], ask[1], nil), http.StatusNotFound, CodeNotFound)
	}
	requireRefusal(t, l.requestAs(t, other, user, http.MethodPost, "/api/inbound/phone-mappings", map[string]any{"phoneNumber": testNumber}), http.StatusNotFound, CodeNotFound)
	for _, path := range []string{"/api/phone-numbers", "/api/integrations/vapi/numbers"} {
		require.Empty(t, answered(t, l.requestAs(t, other, user, http.MethodGet, path, nil), http.StatusOK)["numbers"])
	}
}
