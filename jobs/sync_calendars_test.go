package jobs

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/calendarsync"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// unconnected is a clinic without an account, which asked is how often somebody wanted to open.
type unconnected struct{ asked atomic.Int32 }

func (u *unconnected) With(context.Context, uuid.UUID, string, func(context.Context, calendar.Account) error) error {
	u.asked.Add(1)
	return grants.ErrNotConnected
}

// keep runs the real workers of calendars, at one request a minute for an account.
func (b *testBundle) keep(t *testing.T) *unconnected {
	t.Helper()
	accounts := &unconnected{}
	log := slog.New(slog.NewTextHandler(b.log, nil))
	s, err := calendarsync.New(calendarsync.Options{DB: b.db, Accounts: accounts, BackendURL: "https://api.clinic.example", AccountRate: 1, Log: log})
	require.NoError(t, err)
	b.run(t, Options{ReadReport: unread, Messenger: silent{}, Calendars: s, Log: log})
	return accounts
}

const linked = `
	insert into public.calendar_links (org_id, resource_id, provider, external_calendar_id, writes)
	select org_id, id, 'google', 'calendar-1', true from public.resources limit 1`

// Nobody asked: the round finds what is due, and jobs name ids only.
func TestCalendarsAreReadAndWatchedByTheClock(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, linked)
	accounts := b.keep(t)
	b.eventually(t, "select health = 'failing' and error_code = 'reconnect' and channel_retry_at > now() from public.calendar_links")
	b.eventually(t, "select count(*) = 2 from river.river_job where kind in ('pull_calendar', 'watch_calendar') and queue = 'calendars' and state = 'completed'")
	require.EqualValues(t, 2, accounts.asked.Load())
	var args string
	require.NoError(t, b.owner.QueryRow(t.Context(), "select string_agg(args::text, ' ') from river.river_job where kind = 'pull_calendar'").Scan(&args))
	require.Regexp(t, `^\{"org_id": "[0-9a-f-]{36}", "calendar_link_id": "[0-9a-f-]{36}"\}$`, args)
}

// A visit whose account's turn is minutes away holds no worker.
func TestAnEventWaitsForItsTurnInTheQueue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, linked+`;
		insert into public.calendar_pace (provider, account, next_at) select 'google', sha256(org_id::text::bytea), now() + interval '1 hour' from public.calendar_links;
		with caller as (insert into public.contacts (org_id, name, phone, source) select org_id, 'Jo Quillby', '+13125550142', 'dashboard' from public.calendar_links returning *),
		patient as (insert into public.patients (org_id, contact_id, name, normalised_name) select org_id, id, name, 'jo quillby' from caller returning *)
		insert into public.appointments (org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, booking_ref, source)
		select r.org_id, r.location_id, s.id, r.id, p.contact_id, p.id, d, '30 minutes', tstzrange(d, d + '30 minutes'), tstzrange(d, d + '30 minutes'), 'confirmed', 'QUXYZW', 'dashboard'
		from public.calendar_links l join public.resources r on r.id = l.resource_id join patient p on true
		join public.services s on s.name = 'Consultation', (select date_trunc('hour', now()) + interval '5 days' as d) x;
		insert into public.calendar_events (org_id, appointment_id, calendar_link_id) select a.org_id, a.id, l.id from public.appointments a, public.calendar_links l`)
	require.NoError(t, b.asTenant(t, "select app.enqueue_job('sync_calendar_event', jsonb_build_object('appointment_id', (select id from public.appointments)))"))
	b.keep(t)
	b.eventually(t, `select state in ('scheduled', 'available') and scheduled_at > now() + interval '59 minutes' and priority = 2
		from river.river_job where kind = 'sync_calendar_event'`)
	b.eventually(t, "select turn = 'account' and lease_id is null and attempts = 0 from public.calendar_events")
}
