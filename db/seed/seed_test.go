package seed_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/seed"
)

func counts(t *testing.T, pool *pgxpool.Pool) map[string]int {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		select c.relname, (xpath('//n/text()', query_to_xml('select count(*) as n from public.' || c.relname, false, false, '')))[1]::text::int
		from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'goose_db_version'`)
	require.NoError(t, err)
	all := map[string]int{}
	var name string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error { all[name] = n; return nil })
	require.NoError(t, err)
	return all
}

func TestDemoFillsEveryTableThatPeopleLookAt(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	require.NoError(t, seed.Demo(t.Context(), d.OwnerURL))
	// What only running the service writes: tool sync, calendars (without an account that this server's key opens they would be
	// read in vain for ever, and bookings would wait), live events and tickets for them, webhooks, tries, sealed keys,
	// codes, questions, kept answers, numbers set up outside, shared links, counted days, test calls, calls that clinics make, documents read.
	later := []string{"vapi_tools", "agent_tools", "org_tools", "calendar_links", "calendar_events", "calendar_conflicts", "oauth_states", "events", "webhook_deliveries", "booking_attempts",
		"org_credentials", "identity_codes", "reply_questions", "idempotency_keys", "provisioning", "provisioning_steps",
		"event_tickets", "recording_shares", "recording_share_openings", "call_days", "web_tests", "outbound_calls", "outbound_shares", "knowledge_chunks", "knowledge_vectors"}
	for table, n := range counts(t, d.Pool(t)) {
		if !slices.Contains(later, table) {
			require.NotZero(t, n, table)
		}
	}
}

// What is found out after a call shows on the dashboard.
func TestDemoShowsWhatFollowsACall(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	require.NoError(t, seed.Demo(t.Context(), d.OwnerURL))
	for what, found := range map[string]string{
		"a call without a sentiment":     "select from public.call_logs where sentiment_score is null or urgency is null or summary_source is null",
		"a known caller without a score": "select from public.call_logs where contact_id is not null and (lead_score is null or outcome <> 'message' and lead_score > 0 and lead_reasons = '{}')",
		"nobody hot":                     "select where not exists (select from public.call_logs where hot_lead_at is not null and lead_score >= 80)",
		"no hot lead's notice":           "select where not exists (select from public.notifications where kind = 'hot_lead')",
		"no lead with reasons":           "select where not exists (select from public.contacts where lead_status = 'hot' and cardinality(lead_reasons) > 2)",
		"no service that was named":      "select where not exists (select from public.call_logs where service_ids <> '{}')",
		"no policies":                    "select where not exists (select from public.organizations where policies <> '' and hot_lead_phone is not null)",
	} {
		var n int
		require.NoError(t, d.Pool(t).QueryRow(t.Context(), "select count(*) from ("+found+") found").Scan(&n), what)
		require.Zero(t, n, what)
	}
}

func TestDemoMessagesAreWhatTheFunctionsWouldLeave(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	require.NoError(t, seed.Demo(t.Context(), d.OwnerURL))
	for what, found := range map[string]string{
		"a message that limits do not see":     "select from public.messages where recipient_hash is null",
		"a text that costs nothing":            "select from public.messages where direction = 'outbound' and segments is null",
		"no reason":                            "select from public.messages where status in ('failed', 'blocked') and reason is null",
		"sent without having been handed over": "select from public.messages where direction = 'outbound' and status = 'sent' and handed_over_at is null",
		"a visit tomorrow nobody is reminded of": `select from public.appointments a where a.status = 'confirmed' and a.scheduled_at > now() + interval '26 hours'
			and (select count(*) from public.scheduled_messages s where s.appointment_id = a.id and s.state = 'waiting') <> 2`,
		"a reminder without its job": `select from public.scheduled_messages s where not exists (
			select from river.river_job j where j.args ->> 'scheduled_id' = s.id::text and j.scheduled_at = s.due_at)`,
	} {
		var n int
		require.NoError(t, d.Pool(t).QueryRow(t.Context(), "select count(*) from ("+found+") found").Scan(&n), what)
		require.Zero(t, n, what)
	}
	var states []string
	require.NoError(t, d.Pool(t).QueryRow(t.Context(), "select array_agg(distinct status order by status) from public.messages").Scan(&states))
	require.Equal(t, []string{"blocked", "delivered", "failed", "sent"}, states)
}

func TestDemoAgainChangesNothing(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	require.NoError(t, seed.Demo(t.Context(), d.OwnerURL))
	d.Exec(t, "update public.services set price_minor = 1 where name = 'Cleaning'")
	before := counts(t, d.Pool(t))
	begun := time.Now()
	require.NoError(t, seed.Demo(t.Context(), d.OwnerURL))
	require.Less(t, time.Since(begun), 2*time.Second)
	require.Equal(t, before, counts(t, d.Pool(t)))
	var price int
	require.NoError(t, d.Pool(t).QueryRow(t.Context(), "select price_minor from public.services where name = 'Cleaning'").Scan(&price))
	require.Equal(t, 1, price, "a change of the user's stays")
}

func TestDemoFollowsTheCalendar(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, dbtest.WithClock())
	d.SetClock(t, time.Date(2027, 3, 1, 15, 0, 0, 0, time.UTC))
	require.NoError(t, seed.Demo(t.Context(), d.OwnerURL))
	before := counts(t, d.Pool(t))["appointments"]
	d.SetClock(t, time.Date(2027, 3, 8, 15, 0, 0, 0, time.UTC))
	require.NoError(t, seed.Demo(t.Context(), d.OwnerURL))
	after := counts(t, d.Pool(t))["appointments"]
	require.Greater(t, after, before, "a week has come into the month")
	require.Less(t, after, 2*before, "what was there was not made again")
}

func TestDemoClinicsCanBeCalled(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	require.NoError(t, seed.Demo(t.Context(), d.OwnerURL))
	for slug, service := range map[string]string{seed.Lakeside: "cleaning", seed.Harbor: "moles"} {
		var org uuid.UUID
		var slots, leaked int
		require.NoError(t, d.Pool(t).QueryRow(t.Context(), "select id from public.organizations where slug = $1", slug).Scan(&org))
		require.NoError(t, pgx.BeginFunc(t.Context(), d.Pool(t), func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), `select set_config('request.jwt.claims', jsonb_build_object('app_metadata', jsonb_build_object('org_id', $1::uuid))::text, true),
				set_config('role', 'tenant_service', true)`, org)
			require.NoError(t, err)
			require.NoError(t, tx.QueryRow(t.Context(), "select count(*) from app.available_slots($1, now(), now() + interval '10 days', p_limit => 50)", service).Scan(&slots))
			return tx.QueryRow(t.Context(), "select count(*) from public.patients where org_id <> $1", org).Scan(&leaked)
		}))
		require.Equal(t, 50, slots, slug)
		require.Zero(t, leaked, slug)
	}
}

func TestDemoTranscriptsAreRedacted(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	require.NoError(t, seed.Demo(t.Context(), d.OwnerURL))
	var raw int
	require.NoError(t, d.Pool(t).QueryRow(t.Context(), `
		select count(*) from public.call_logs where concat(transcript, summary) ~* 'quill|555'`).Scan(&raw))
	require.Zero(t, raw)
}
