package jobs

import (
	"testing"

	"github.com/google/uuid"
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
	worker := &applyRetention{db: b.db, atMost: retainAtMost}
	require.NoError(t, worker.Work(t.Context(), &river.Job[ApplyRetention]{}))
	require.Equal(t, retainAtMost+2, left(), "a clinic that limits nothing keeps everything")

	b.data.Exec(t, `update public.organizations set keep_transcripts_for = '2 days'`)
	require.NoError(t, worker.Work(t.Context(), &river.Job[ApplyRetention]{}))
	require.Equal(t, 1, left(), "what is not old yet stays")
}

// orgsWithWords are so many organizations that each have calls whose words are too old; the first has most.
func (b *testBundle) orgsWithWords(t *testing.T, calls ...int) (orgs []uuid.UUID) {
	t.Helper()
	for _, n := range calls {
		org := uuid.Must(uuid.NewV7())
		b.data.Exec(t, `insert into public.organizations (id, name, slug, keep_transcripts_for) values ($1::uuid, 'Quill', $1::uuid::text, '2 days')`, org)
		b.data.Exec(t, `insert into public.call_logs (org_id, vapi_call_id, direction, status, summary, transcript_state, started_at)
			select $1::uuid, $1::uuid::text || i, 'inbound', 'ended', 'zanzibar-lilac', 'stored', app.now() - interval '3 days' from generate_series(1, $2) i`, org, n)
		orgs = append(orgs, org)
	}
	return orgs
}

// words is how many calls of an organization have theirs; let, how many the audit log says went, and in how many rows.
func (b *testBundle) words(t *testing.T, org uuid.UUID) (words, let, rows int) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), `select (select count(*) from public.call_logs where org_id = $1 and summary is not null),
		coalesce(sum(affected), 0), count(*) from public.audit_log where org_id = $1 and action = 'words_expired'`, org).Scan(&words, &let, &rows))
	return words, let, rows
}

// One with years to let go of does not keep the others waiting, and a run that breaks off leaves rows and log in step for the
// next one, which goes on.
func TestRetentionIsFairAndGoesOnWhereItBrokeOff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	orgs := b.orgsWithWords(t, 20, 3, 5)
	worker := &applyRetention{db: b.db, atMost: 2}
	b.data.Exec(t, `create function public.break_off() returns trigger language plpgsql as $$
		begin
			if (select count(*) from public.audit_log where action = 'words_expired') >= 3 then -- of one organization: row-level security
				raise exception 'the database goes away';
			end if;
			return new;
		end $$`)
	b.data.Exec(t, `create trigger break_off before insert on public.audit_log for each row execute function public.break_off()`)
	require.ErrorContains(t, worker.Work(t.Context(), &river.Job[ApplyRetention]{}), "apply retention in organization "+orgs[0].String())
	left := map[uuid.UUID]int{}
	for i, begun := range []int{20, 3, 5} {
		words, let, _ := b.words(t, orgs[i])
		require.Equal(t, begun, words+let, "the log says how many went, no more and no fewer")
		left[orgs[i]] = words
	}
	require.Equal(t, map[uuid.UUID]int{orgs[0]: 14, orgs[1]: 0, orgs[2]: 0}, left, "the others are not kept from theirs")
	var begun int
	require.NoError(t, b.owner.QueryRow(t.Context(), `select count(distinct org_id)
		from (select org_id from public.audit_log where action = 'words_expired' order by at limit 3) first`).Scan(&begun))
	require.Equal(t, 3, begun, "each has its turn before anybody's second")

	b.data.Exec(t, `drop trigger break_off on public.audit_log`)
	require.NoError(t, worker.Work(t.Context(), &river.Job[ApplyRetention]{}))
	for i, rows := range []int{10, 2, 3} {
		words, let, written := b.words(t, orgs[i])
		require.Equal(t, []int{0, []int{20, 3, 5}[i], rows}, []int{words, let, written})
	}
}
