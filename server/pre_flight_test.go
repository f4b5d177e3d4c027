package server

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/readiness"
)

const preFlightPath = "/api/verification/pre-flight"

// preFlight asks whether a call would work; by name, each check's status.
func (l *line) preFlight(t *testing.T) (health, success any, statuses map[string]any) {
	t.Helper()
	got := answered(t, l.request(t, http.MethodPost, preFlightPath, nil), http.StatusOK)
	require.Equal(t, l.org.String(), got["orgId"])
	statuses = map[string]any{}
	for i, c := range got["checks"].([]any) {
		c := c.(map[string]any)
		require.Equal(t, readiness.Names()[i], c["name"])
		require.NotEmpty(t, c["detail"])
		require.Equal(t, c["detail"], c["message"], "as older dashboards read it")
		require.Equal(t, c["status"] == "ok", c["success"])
		statuses[c["name"].(string)] = c["status"]
	}
	require.Len(t, statuses, len(readiness.Names()))
	return got["overallHealth"], got["success"], statuses
}

func TestPreFlightReallyAsks(t *testing.T) {
	t.Parallel()
	l := setupLine(t)
	health, success, statuses := l.preFlight(t)
	require.Equal(t, []any{"critical", false, "failed", "skipped", "failed"},
		[]any{health, success, statuses["twilio_number"], statuses["twilio_account"], statuses["vapi_assistant"]}, "nothing is set up")

	var agent uuid.UUID
	require.NoError(t, l.data.Pool(t).QueryRow(t.Context(), `select id from public.agents where org_id = $1`, l.org).Scan(&agent))
	require.NoError(t, l.tools.SyncAgent(t.Context(), l.org, agent))
	l.worker(t)
	answered(t, l.request(t, http.MethodPost, "/api/inbound/setup", l.setUp(testNumber)), http.StatusOK)
	health, success, statuses = l.preFlight(t)
	require.Equal(t, []any{"healthy", true, "ok", "ok", "skipped"},
		[]any{health, success, statuses["twilio_account"], statuses["vapi_tools"], statuses["calendar"]})

	l.twilio.Suspend(testSID)
	health, success, statuses = l.preFlight(t)
	require.Equal(t, []any{"critical", false, "failed", "skipped", "ok"},
		[]any{health, success, statuses["twilio_account"], statuses["twilio_number"], statuses["vapi_number"]})
	l.become(t, "staff")
	requireRefusal(t, l.request(t, http.MethodPost, preFlightPath, nil), http.StatusForbidden, CodeForbidden)
	l.become(t, "owner")
	l.data.Exec(t, `update public.agents set is_default = false where org_id = $1`, l.org)
	requireRefusal(t, l.request(t, http.MethodPost, preFlightPath, nil), http.StatusNotFound, CodeNotFound)
	l.requireNoSecret(t)
}

func TestPreFlightThatNobodyCanAskIsRefused(t *testing.T) {
	t.Parallel()
	c := setupConnectable(t)
	requireRefusal(t, c.request(t, http.MethodPost, preFlightPath, nil), http.StatusBadRequest, CodeNotConfigured)
}
