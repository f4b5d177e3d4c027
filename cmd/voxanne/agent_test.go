package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/readiness"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// verify runs `voxanne agent verify` and returns the checks that are not ok, by their statuses.
func (m *managed) verify(t *testing.T) (status int, failed, skipped []string) {
	t.Helper()
	var report readiness.Report
	status = m.reads(t, &report, "agent", "verify", "--org", m.slug)
	names := make([]string, len(report.Checks))
	for i, c := range report.Checks {
		names[i] = c.Name
		require.NotEmpty(t, c.Detail, c.Name)
		switch c.Status {
		case readiness.Failed:
			failed = append(failed, c.Name)
		case readiness.Skipped:
			skipped = append(skipped, c.Name)
		}
	}
	require.Equal(t, readiness.Names(), names, "all checks, always")
	require.Equal(t, report.Ready, failed == nil)
	require.Equal(t, m.org, report.OrgID)
	return status, failed, skipped
}

// assistant is the agent's, as it is at Vapi.
func (m *managed) assistant(t *testing.T) (id string, object vapi.Object) {
	t.Helper()
	require.NoError(t, m.data.Pool(t).QueryRow(t.Context(),
		`select vapi_assistant_id from public.assistant_routes where org_id = $1`, m.org).Scan(&id))
	object, err := m.vapiClient.GetAssistant(t.Context(), id)
	require.NoError(t, err)
	return id, object
}

func TestAgentVerifyIsGreenWhenCallsWouldWork(t *testing.T) {
	t.Parallel()
	m := answering(t)
	status, failed, skipped := m.verify(t)
	require.Equal(t, 0, status)
	require.Empty(t, failed)
	require.Equal(t, []string{"calendar"}, skipped, "a calendar that nobody asked is not green")
	before := m.account()
	status, out, complaints := m.command(t, "agent", "verify", "--org", m.org.String(), "--agent", "Receptionist")
	require.Equal(t, 0, status, complaints)
	require.Contains(t, out, "ok       twilio account       The account is active.")
	require.Contains(t, out, "skipped  calendar             No calendar is connected.")
	require.NotContains(t, out+complaints, "test-secret")
	require.Equal(t, before, m.account(), "nothing was changed outside")

	m.data.Exec(t, `insert into public.calendar_links (org_id, resource_id, provider, external_calendar_id)
		select org_id, id, 'google', 'quill' from public.resources where org_id = $1 limit 1`, m.org)
	for _, tc := range []struct{ set, line string }{
		{"health = 'ok'", "failed   calendar             A calendar was linked and not read yet"},
		{"last_synced_at = app.now()", "ok       calendar             The calendars are read, and what they say counts."},
		{"health = 'failing', failing_since = app.now()", "failed   calendar             A calendar cannot be read just now"},
		{"last_synced_at = app.now() - interval '1 day'", "failed   calendar             A calendar was not read for so long that bookings wait for the clinic."},
		{"health = 'needs_reconnect'", "failed   calendar             A calendar's provider does not let us in any more"},
	} {
		m.data.Exec(t, `update public.calendar_links set `+tc.set+` where org_id = $1`, m.org)
		_, out, _ = m.command(t, "agent", "verify", "--org", m.slug)
		require.Contains(t, out, tc.line)
	}

	status, _, complaints = m.command(t, "agent", "verify", "--org", m.slug, "--agent", "Quillby")
	require.Equal(t, 1, status)
	require.Contains(t, complaints, `no agent "Quillby"`)
	status, _, complaints = m.command(t, "agent", "verify", "--org", uuid.NewString())
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "no such organisation")
}

func TestAgentVerifyFindsEachFault(t *testing.T) {
	t.Parallel()
	twilioLeft := []string{"twilio_capabilities", "twilio_texts", "twilio_calls", "calendar"}
	for name, tc := range map[string]struct {
		spoil           func(t *testing.T, m *managed)
		failed, skipped []string
		status          int
	}{
		"account suspended": {func(_ *testing.T, m *managed) { m.twilio.Suspend(managedSID) },
			[]string{"twilio_account"}, append([]string{"twilio_number"}, twilioLeft...), 1},
		"token changed": {func(_ *testing.T, m *managed) { m.twilio.AddAccount(managedSID, "test-secret-other", managedNumber) },
			[]string{"twilio_account"}, append([]string{"twilio_number"}, twilioLeft...), 1},
		"number not owned": {func(_ *testing.T, m *managed) { m.twilio.AddAccount(managedSID, managedToken) },
			[]string{"twilio_number"}, twilioLeft, 1},
		"number without texts": {func(_ *testing.T, m *managed) {
			m.twilio.AddNumber(managedSID, sandbox.TwilioNumber{Number: managedNumber, NoSMS: true})
		}, []string{"twilio_capabilities"}, []string{"twilio_texts", "twilio_calls", "calendar"}, 1},
		"texts elsewhere": {func(_ *testing.T, m *managed) {
			n, _ := m.twilio.Number(managedSID, managedNumber)
			n.SMSURL = "https://other.example"
			m.twilio.AddNumber(managedSID, n)
		}, []string{"twilio_texts"}, []string{"calendar"}, 1},
		"calls elsewhere": {func(_ *testing.T, m *managed) {
			n, _ := m.twilio.Number(managedSID, managedNumber)
			n.VoiceURL = "https://other.example"
			m.twilio.AddNumber(managedSID, n)
		}, []string{"twilio_calls"}, []string{"calendar"}, 1},
		"assistant deleted": {func(t *testing.T, m *managed) {
			id, _ := m.assistant(t)
			require.NoError(t, m.vapiClient.DeleteAssistant(t.Context(), id))
		}, []string{"vapi_assistant"}, []string{"vapi_server", "vapi_tools", "calendar"}, 1},
		"server elsewhere": {func(t *testing.T, m *managed) {
			id, _ := m.assistant(t)
			_, err := m.vapiClient.PatchAssistant(t.Context(), id, vapi.Object{"server": json.RawMessage(`{"url":"https://other.example"}`)})
			require.NoError(t, err)
		}, []string{"vapi_server"}, []string{"calendar"}, 1},
		"secret rotated": {func(_ *testing.T, m *managed) {
			m.environ["VAPI_WEBHOOK_SECRET"] = "test-secret-rotated,test-secret-webhook"
		},
			[]string{"vapi_server", "vapi_tools", "vapi_routing"}, []string{"calendar"}, 1},
		"tool unlinked": {func(t *testing.T, m *managed) {
			id, assistant := m.assistant(t)
			model, err := vapi.WithToolIDs(assistant["model"], vapi.ToolIDs(assistant["model"])[1:])
			require.NoError(t, err)
			_, err = m.vapiClient.PatchAssistant(t.Context(), id, vapi.Object{"model": model})
			require.NoError(t, err)
		}, []string{"vapi_tools"}, []string{"calendar"}, 1},
		"tool deleted": {func(t *testing.T, m *managed) {
			_, assistant := m.assistant(t)
			require.NoError(t, m.vapiClient.DeleteTool(t.Context(), vapi.ToolIDs(assistant["model"])[0]))
		}, []string{"vapi_tools"}, []string{"calendar"}, 1},
		"number gone at Vapi": {func(t *testing.T, m *managed) {
			for id := range m.vapi.PhoneNumbers() {
				require.NoError(t, m.vapiClient.DeletePhoneNumber(t.Context(), id))
			}
		}, []string{"vapi_number"}, []string{"vapi_routing", "calendar"}, 1},
		"number routed elsewhere": {func(t *testing.T, m *managed) {
			for id := range m.vapi.PhoneNumbers() {
				_, err := m.vapiClient.PatchPhoneNumber(t.Context(), id,
					vapi.Object{"provider": json.RawMessage(`"twilio"`), "server": json.RawMessage(`{"url":"https://other.example"}`)})
				require.NoError(t, err)
			}
		}, []string{"vapi_routing"}, []string{"calendar"}, 1},
		"Twilio unreachable": {func(_ *testing.T, m *managed) { m.environ["TWILIO_BASE_URL"] = "http://127.0.0.1:1" },
			[]string{"twilio_account"}, append([]string{"twilio_number"}, twilioLeft...), 3},
		"no number": {func(t *testing.T, m *managed) {
			m.worker(t)
			status, _, complaints := m.command(t, "number", "release", managedNumber, "--yes")
			require.Equal(t, 0, status, complaints)
		}, []string{"twilio_number"}, []string{"twilio_account", "twilio_capabilities", "twilio_texts", "twilio_calls", "vapi_number", "vapi_routing", "calendar"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := answering(t)
			tc.spoil(t, m)
			status, failed, skipped := m.verify(t)
			require.Equal(t, tc.failed, failed)
			require.Equal(t, sorted(tc.skipped), sorted(skipped))
			require.Equal(t, tc.status, status)
		})
	}
}

func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }

// One fault among people who did not answer is a fault.
func TestAFaultOutweighsSilence(t *testing.T) {
	t.Parallel()
	m := answering(t)
	m.environ["TWILIO_BASE_URL"] = "http://127.0.0.1:1"
	id, _ := m.assistant(t)
	require.NoError(t, m.vapiClient.DeleteAssistant(t.Context(), id))
	status, failed, _ := m.verify(t)
	require.Equal(t, []string{"twilio_account", "vapi_assistant"}, failed)
	require.Equal(t, 1, status)
	_, out, _ := m.command(t, "agent", "verify", "--org", m.slug)
	require.True(t, strings.Contains(out, "Twilio could not be reached, so nothing is known."), out)
}

func TestVapiThatDoesNotAnswerIsNotGreen(t *testing.T) {
	t.Parallel()
	m := answering(t)
	m.vapi.Fail(slices.Repeat([]sandbox.Failure{{Status: 401}}, 20)...)
	status, failed, _ := m.verify(t)
	require.Equal(t, 1, status)
	require.Equal(t, []string{"vapi_assistant", "vapi_number"}, failed)
}
