package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testKey = "test-secret-vapi-key"

// testBundle is one clinic's database with the workers running on it.
type testBundle struct {
	data  *dbtest.Database
	owner *pgxpool.Pool
	db    *db.DB
	vapi  *sandbox.Vapi
	log   *logBuffer
	org   uuid.UUID
	call  uuid.UUID
}

// setup founds a clinic with one call; work starts the workers.
func setup(t *testing.T) *testBundle {
	t.Helper()
	b := &testBundle{data: dbtest.New(t), vapi: sandbox.NewVapi(testKey), log: newLogBuffer(t)}
	b.owner = b.data.Pool(t)
	var err error
	b.db, err = db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(b.db.Close)
	require.NoError(t, b.owner.QueryRow(t.Context(), `
		insert into auth.users (id, email) values (gen_random_uuid(), 'ada.quillby@patients.example')
		returning (raw_app_meta_data ->> 'org_id')::uuid`).Scan(&b.org))
	require.NoError(t, b.owner.QueryRow(t.Context(), `
		insert into public.call_logs (org_id, vapi_call_id, location_id, direction, from_number)
		select org_id, 'vapi-call-1', id, 'inbound', '+13125550142' from public.locations where org_id = $1
		returning id`, b.org).Scan(&b.call))
	return b
}

// work runs the real workers until the test ends, and sees that they stop cleanly.
func (b *testBundle) work(t *testing.T, read ReadReport) {
	t.Helper()
	b.workWith(t, read, silent{})
}

// silent is a messenger that has nothing to do.
type silent struct{ err error }

func (s silent) SendScheduled(context.Context, uuid.UUID, uuid.UUID) error { return s.err }
func (s silent) SendQueued(context.Context, uuid.UUID, uuid.UUID) error    { return s.err }
func (s silent) Settle(context.Context, uuid.UUID, uuid.UUID) (time.Duration, error) {
	return time.Hour, s.err
}

func (b *testBundle) workWith(t *testing.T, read ReadReport, messages Messenger) {
	t.Helper()
	b.run(t, Options{ReadReport: read, Messenger: messages, Log: slog.New(slog.NewTextHandler(b.log, nil))})
}

// run is work with these options, to which what all tests share is added.
func (b *testBundle) run(t *testing.T, o Options) {
	t.Helper()
	played := httptest.NewServer(b.vapi)
	client, err := vapi.New(vapi.Options{BaseURL: played.URL, Key: testKey, HTTP: played.Client()})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		o.DirectURL, o.DB, o.Calls = b.data.LoginURL, b.db, client
		done <- Run(ctx, o)
	}()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
		played.Close()
	})
}

// asTenant runs SQL as tenant_service of the clinic, as webhooks do.
func (b *testBundle) asTenant(t *testing.T, sql string, args ...any) error {
	t.Helper()
	return pgx.BeginFunc(t.Context(), b.owner, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `select set_config('request.jwt.claims', jsonb_build_object('app_metadata', jsonb_build_object('org_id', $1::uuid))::text, true),
			set_config('role', 'tenant_service', true)`, b.org)
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), sql, args...)
		return err
	})
}

// eventually waits until one query answers true.
func (b *testBundle) eventually(t *testing.T, sql string, args ...any) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		var ok bool
		if err := b.owner.QueryRow(t.Context(), sql, args...).Scan(&ok); err != nil || !ok {
			c.Errorf("not yet: %s (%v)", sql, err)
		}
	}, 20*time.Second, 50*time.Millisecond, "log: %s", b.log)
}

func unread(json.RawMessage) (db.RecordCallReportParams, error) {
	return db.RecordCallReportParams{}, nil
}

func TestJobOfEnqueueJobIsWorkedByThePinnedRiver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.asTenant(t, "select app.enqueue_job('release_hold', jsonb_build_object('appointment_id', gen_random_uuid()))"))
	b.work(t, unread)
	b.eventually(t, "select state = 'completed' from river.river_job where kind = 'release_hold'")

	var org uuid.UUID
	require.NoError(t, b.owner.QueryRow(t.Context(), "select (args ->> 'org_id')::uuid from river.river_job where kind = 'release_hold'").Scan(&org))
	require.Equal(t, b.org, org, "the organization comes from the claims")
}

func TestUnknownKindIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	err := b.asTenant(t, "select app.enqueue_job('send_everything', '{}')")
	var pg *pgconn.PgError
	require.ErrorAs(t, err, &pg)
	require.Equal(t, db.StateBadInput, pg.Code)
	for _, args := range []river.JobArgs{ReleaseHold{}, FetchCallReport{}, SendScheduled{}, SendMessage{}, SettleMessage{}, KeepRecording{}, DeleteRecording{}} {
		require.NoError(t, b.asTenant(t, "select app.enqueue_job($1, '{}', now() + interval '1 day')", args.Kind()), "control: the kinds that have a worker")
	}
}

func TestHoldIsReleasedAfterItsTimeAndNotBefore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	// The shortest hold an organization may set is 30 s: this one is made to end sooner, and its job with it.
	require.NoError(t, b.asTenant(t, `
		select app.hold_slot($1, 'Consultation', (select starts_at from app.available_slots('Consultation', now(), now() + interval '7 days') limit 1))`, b.call))
	var held int
	require.NoError(t, b.owner.QueryRow(t.Context(), "select count(*) from public.appointments where status = 'held'").Scan(&held))
	require.Equal(t, 1, held, "control: the slot is held")

	b.work(t, unread)
	require.NoError(t, b.asTenant(t, "select app.enqueue_job('release_hold', jsonb_build_object('appointment_id', (select id from public.appointments)))"))
	b.eventually(t, "select count(*) = 1 from river.river_job where kind = 'release_hold' and state = 'completed'")
	require.NoError(t, b.owner.QueryRow(t.Context(), "select count(*) from public.appointments").Scan(&held))
	require.Equal(t, 1, held, "its time has not come")

	b.data.Exec(t, `update public.appointments set held_until = now() - interval '1 second';
		update river.river_job set scheduled_at = now() where kind = 'release_hold' and state = 'scheduled'`)
	b.eventually(t, "select count(*) = 0 from public.appointments")
}

func TestDaysOfCallsThatAreOverAreRolledUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, `insert into public.call_logs (org_id, vapi_call_id, direction, created_at)
		select id, 'vapi-old-' || n, 'inbound', now() - n * interval '10 days' from public.organizations, generate_series(1, 3) n`)
	b.work(t, unread)
	b.eventually(t, `select not exists (
		select from public.organizations o where (select coalesce(sum(d.calls), 0) from public.call_days d where d.org_id = o.id) <> 3)`)
}

func TestSweepDeletesOnlyWhatIsOld(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, `delete from public.events;
		insert into public.events (org_id, kind, entity, entity_id, at)
		select id, 'call_update', 'call', gen_random_uuid(), now() - a from public.organizations, unnest(array[interval '47 hours', '49 hours']) a;
		insert into public.webhook_deliveries (org_id, vapi_call_id, kind, key, body_hash, received_at)
		select id, 'vapi-call-1', 'status-update', a::text, '\x00', now() - a from public.organizations, unnest(array[interval '23 hours', '25 hours']) a`)
	b.work(t, unread)
	b.eventually(t, "select state = 'completed' from river.river_job where kind = 'sweep_platform'")
	b.eventually(t, `select (select count(*) from public.events where at < now() - interval '1 hour') = 1
		and (select count(*) from public.webhook_deliveries) = 1`)
}

func TestReportIsFetchedAndStored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.vapi.AddCall("vapi-call-1", json.RawMessage(`{"id":"vapi-call-1"}`))
	require.NoError(t, b.asTenant(t, "select app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', $1::uuid))", b.call))
	b.work(t, func(raw json.RawMessage) (db.RecordCallReportParams, error) {
		require.JSONEq(t, `{"id":"vapi-call-1"}`, string(raw))
		summary := "Asked for a cleaning, call back at 312 555 0142."
		return db.RecordCallReportParams{Summary: &summary, Turns: []byte(`[{"speaker":"caller","text":"A cleaning, please.","at":2}]`)}, nil
	})
	b.eventually(t, "select transcript_state = 'stored' and summary like '%[phone]%' from public.call_logs where id = $1", b.call)
}

func TestReportThatCannotBeRedactedIsTriedAgainByOneJob(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, `create or replace function app.redact_phi(p_text text, p_names text[]) returns text language plpgsql immutable
		set search_path = '' as $$ begin raise exception 'broken'; end $$`)
	b.vapi.AddCall("vapi-call-1", json.RawMessage(`{}`))
	raw := db.RecordCallReportParams{CallID: b.call, Turns: []byte(`[{"speaker":"caller","text":"zanzibar-lilac","at":1}]`)}
	require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) error {
		state, err := tx.RecordCallReport(t.Context(), raw)
		require.Equal(t, "pending_redaction", state)
		return err
	}))
	b.data.Exec(t, "update river.river_job set scheduled_at = now() where kind = 'fetch_call_report'")
	b.work(t, func(json.RawMessage) (db.RecordCallReportParams, error) { return raw, nil })
	b.eventually(t, `select count(*) = 1 and bool_and(state = 'retryable' and errors[1]::text like '%could not be redacted%')
		from river.river_job where kind = 'fetch_call_report'`)
	var words string
	require.NoError(t, b.owner.QueryRow(t.Context(), "select transcript::text from public.call_logs where id = $1", b.call).Scan(&words))
	require.Equal(t, "[]", words, "nothing raw is kept")
}

func TestCallThatVapiForgotIsGivenUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.asTenant(t, "select app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', $1::uuid))", b.call))
	b.work(t, unread)
	b.eventually(t, "select state = 'cancelled' from river.river_job where kind = 'fetch_call_report'")
}

func TestAJobOfOneTenantTouchesNoOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var other uuid.UUID
	require.NoError(t, b.owner.QueryRow(t.Context(), `
		insert into auth.users (id, email) values (gen_random_uuid(), 'ben.quillfeather@patients.example')
		returning (raw_app_meta_data ->> 'org_id')::uuid`).Scan(&other))
	mine, theirs := b.org, other
	b.org = theirs
	require.NoError(t, b.asTenant(t, "select app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', $1::uuid))", b.call))
	b.org = mine
	b.vapi.AddCall("vapi-call-1", json.RawMessage(`{}`))
	b.work(t, unread)
	b.eventually(t, "select state = 'retryable' from river.river_job where kind = 'fetch_call_report'")
	require.Zero(t, b.vapi.Requests(), "the other clinic's call was not even looked up")
}

func TestJobRowsAndLogHoldNothingOfACall(t *testing.T) {
	t.Parallel()
	planted := "zanzibar-lilac"
	for id, fail := range map[string]ReadReport{
		"error": func(json.RawMessage) (db.RecordCallReportParams, error) {
			return db.RecordCallReportParams{}, errors.New(planted)
		},
		"panic": func(json.RawMessage) (db.RecordCallReportParams, error) { panic(planted) },
		"postgres": func(json.RawMessage) (db.RecordCallReportParams, error) {
			return db.RecordCallReportParams{}, fmt.Errorf("parse: %w", &pgconn.PgError{Code: "22007", Message: planted, Detail: planted})
		},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.vapi.AddCall("vapi-call-1", json.RawMessage(`{}`))
			require.NoError(t, b.asTenant(t, "select app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', $1::uuid))", b.call))
			b.work(t, fail)
			b.eventually(t, "select cardinality(errors) > 0 from river.river_job where kind = 'fetch_call_report'")
			var row string
			require.NoError(t, b.owner.QueryRow(t.Context(), "select to_jsonb(j)::text from river.river_job j where kind = 'fetch_call_report'").Scan(&row))
			require.NotContains(t, row, planted)
			require.NotContains(t, b.log.String(), planted)
		})
	}
}

func TestJobRowsHoldNothingThatAProviderSaid(t *testing.T) {
	t.Parallel()
	planted := "zanzibar-lilac"
	for said, err := range map[string]error{
		"email: refused with status 422":              &email.RefusedError{Status: 422, Code: planted},
		"email: it may have been sent":                &email.UncertainError{Code: planted},
		"twilio: refused with status 400, code 21211": &twilio.RefusedError{Status: 400, Code: 21211},
		"twilio: too many requests":                   &twilio.RateLimitedError{RetryAfter: time.Minute},
		"provider is set up":                          fmt.Errorf("%s: %w", planted, messenger.ErrNotConfigured),
		"*errors.errorString":                         errors.New(planted),
	} {
		t.Run(said, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			require.NoError(t, b.asTenant(t, `select app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', gen_random_uuid())),
				app.enqueue_job('send_message', jsonb_build_object('message_id', gen_random_uuid())),
				app.enqueue_job('settle_message', jsonb_build_object('message_id', gen_random_uuid()))`))
			b.workWith(t, unread, silent{fmt.Errorf("send: %w", err)})
			b.eventually(t, `select count(*) = 3 from river.river_job
				where kind in ('send_scheduled', 'send_message', 'settle_message') and errors[1]::text like '%' || $1 || '%'`, said)
			require.NotContains(t, b.log.String(), planted)
		})
	}
}

func TestAMessageThatCannotBeSettledYetIsAskedAboutLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.asTenant(t, "select app.enqueue_job('settle_message', jsonb_build_object('message_id', gen_random_uuid()))"))
	b.work(t, unread)
	b.eventually(t, `select state = 'scheduled' and scheduled_at > now() + interval '50 minutes' and errors is null
		from river.river_job where kind = 'settle_message'`)
}

// logBuffer collects log lines of concurrent writers.
type logBuffer struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	kept *os.File // for cmd/logscrub; nil when nothing is kept
}

func newLogBuffer(t *testing.T) *logBuffer {
	t.Helper()
	return &logBuffer{kept: dbtest.Kept(t, dbtest.KeptServer)}
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept != nil {
		_, _ = b.kept.Write(p) // what is said after the test's end is nobody's
	}
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
