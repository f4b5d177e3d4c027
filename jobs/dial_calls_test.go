package jobs

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/dialer"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// oneLine is a Vapi that makes every call.
type oneLine struct{}

func (oneLine) PlaceCall(_ context.Context, call vapi.OutboundCall) (vapi.PlacedCall, error) {
	return vapi.PlacedCall{ID: "vapi-" + call.Name, Name: call.Name, Status: "queued"}, nil
}

func (oneLine) CallsSince(context.Context, string, time.Time) ([]vapi.PlacedCall, error) {
	return nil, nil
}

func TestQueuedCallsAreDialled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, statement := range []string{
		`insert into public.phone_numbers (org_id, number, location_id, vapi_phone_number_id) select org_id, '+13125550180', id, 'number-1' from public.locations where org_id = $1`,
		`insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id) select 'assistant-1', org_id, id from public.agents where org_id = $1 limit 1`,
		`insert into public.outbound_shares (org_id) values ($1)`,
		`insert into public.outbound_calls (org_id, kind, to_number, due_at, until_at, look_at)
		select $1, 'test', '+1312555019' || n, app.now() + n * interval '1 second', app.now() + interval '1 hour', app.now() + interval '1 hour' from generate_series(0, 1) n`,
	} {
		_, err := b.owner.Exec(t.Context(), statement, b.org)
		require.NoError(t, err)
	}
	calls, err := dialer.New(dialer.Options{DB: b.db, Vapi: oneLine{}, AtOnce: 10})
	require.NoError(t, err)
	b.run(t, Options{ReadReport: unread, Messenger: silent{}, Dialer: calls, Log: slog.New(slog.NewTextHandler(b.log, nil))})
	underWay := func() (n int) {
		require.NoError(t, b.owner.QueryRow(t.Context(), `select count(*) from public.outbound_calls where state = 'under_way'`).Scan(&n))
		return n
	}
	require.Eventually(t, func() bool { return underWay() == 2 }, time.Minute, 100*time.Millisecond, "also what becomes due later, which nobody puts a job in for")

	_, err = b.owner.Exec(t.Context(), `update public.outbound_calls set state = 'waiting', handed_over_at = null where to_number = '+13125550190'`)
	require.NoError(t, err)
	require.NoError(t, b.asTenant(t, `select app.enqueue_job('dial_calls', '{}')`))
	require.Eventually(t, func() bool { return underWay() == 2 }, time.Minute, 100*time.Millisecond)
}
