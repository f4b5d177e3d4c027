package jobs

import (
	"testing"

	"github.com/riverqueue/river"
	"github.com/stretchr/testify/require"
)

// More rows than one transaction takes, so that the job must come back for the rest.
func TestWordsGoWhenTheirTimeIsOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, `insert into public.call_logs (org_id, vapi_call_id, direction, status, summary, transcript_state, started_at)
		select $1, 'old-' || i, 'inbound', 'ended', 'zanzibar-lilac', 'stored', app.now() - interval '3 days'
		from generate_series(1, $2) i`, b.org, retainAtMost+1)
	b.data.Exec(t, `update public.call_logs set summary = 'zanzibar-lilac', transcript_state = 'stored' where id = $1`, b.call)
	left := func() (n int) {
		require.NoError(t, b.owner.QueryRow(t.Context(), `select count(*) from public.call_logs where summary = 'zanzibar-lilac'`).Scan(&n))
		return n
	}
	worker := &applyRetention{db: b.db}
	require.NoError(t, worker.Work(t.Context(), &river.Job[ApplyRetention]{}))
	require.Equal(t, retainAtMost+2, left(), "a clinic that limits nothing keeps everything")

	b.data.Exec(t, `update public.organizations set keep_transcripts_for = '2 days'`)
	require.NoError(t, worker.Work(t.Context(), &river.Job[ApplyRetention]{}))
	require.Equal(t, 1, left(), "what is not old yet stays")
}
