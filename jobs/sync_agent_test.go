package jobs

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/toolsync"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// sync runs the real workers with a syncer until the test ends.
func (b *testBundle) sync(t *testing.T) {
	t.Helper()
	played := httptest.NewServer(b.vapi)
	client, err := vapi.New(vapi.Options{BaseURL: played.URL, Key: testKey, HTTP: played.Client()})
	require.NoError(t, err)
	log := slog.New(slog.NewTextHandler(b.log, nil))
	tools, err := toolsync.New(toolsync.Options{DB: b.db, Vapi: client, BackendURL: "https://api.clinic.example",
		Secret: "test-secret-webhook-secret", Waits: []time.Duration{time.Millisecond}, Log: log})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Options{DirectURL: b.data.LoginURL, DB: b.db, Calls: client, ReadReport: unread, Tools: tools, Log: log})
	}()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
		played.Close()
	})
}

func TestASavedAgentIsBroughtInStepByItsJob(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.asTenant(t, "select app.enqueue_job('sync_agent', jsonb_build_object('agent_id', (select id from public.agents)))"))
	b.sync(t)
	b.eventually(t, "select sync_status = 'synced' and synced_version = desired_version from public.agents")
	b.eventually(t, "select state = 'completed' and queue = 'vapi' from river.river_job where kind = 'sync_agent'")
	require.Len(t, b.vapi.Assistants(), 1)
}

func TestTheReconcilerHealsWhatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, "update public.agents set saved_at = now() - interval '1 minute', system_prompt = 'zanzibar-lilac'")
	b.sync(t)
	b.eventually(t, "select sync_status = 'synced' from public.agents")
	var args string
	require.NoError(t, b.owner.QueryRow(t.Context(), "select string_agg(args::text, ' ') from river.river_job where kind = 'check_agent'").Scan(&args))
	require.Regexp(t, `^\{"org_id": "[0-9a-f-]{36}", "agent_id": "[0-9a-f-]{36}"\}$`, args, "one job, ids only")
	require.NotContains(t, b.log.String(), "zanzibar")
}

func TestASyncThatWasGivenUpIsNotRepeatedByTheQueue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.vapi.FailAtRandom(1, sandbox.Risk{Share: 1, Failure: sandbox.Failure{Status: http.StatusServiceUnavailable}})
	require.NoError(t, b.asTenant(t, "select app.enqueue_job('sync_agent', jsonb_build_object('agent_id', (select id from public.agents)))"))
	b.sync(t)
	b.eventually(t, "select state = 'cancelled' and errors[1]::text like '%failed: The tools are not registered%' from river.river_job where kind = 'sync_agent'")
	b.eventually(t, "select sync_status = 'failed' from public.agents")
}
