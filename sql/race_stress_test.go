package sql_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// crowd is how many callers want the same at once.
const crowd = 40

// tried is what one caller asked for and was told.
type tried struct {
	call   string
	starts time.Time
	got    db.BookingResult
	err    error
}

func TestCrowdWantingOneStartFillsEveryResource(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	starts := openStressClinic(t, d)
	booked := 0
	for _, try := range bookAtOnce(t, d, func(int) time.Time { return starts }) {
		require.NoError(t, try.err)
		if try.got.Outcome == "booked" {
			booked++
			continue
		}
		require.Equal(t, "refused", try.got.Outcome)
		require.Equal(t, "taken", *try.got.Reason)
		require.Len(t, try.got.Alternatives, 3)
	}
	require.Equal(t, 3, booked)
	requireNoOverlap(t, d.Pool(t))
}

func TestCrowdWantingOverlappingStartsIsRefusedOnlyWhereFull(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	starts := openStressClinic(t, d)
	tries := bookAtOnce(t, d, func(i int) time.Time { return starts.Add(time.Duration(i%7) * 10 * time.Minute) })
	requireNoOverlap(t, d.Pool(t))
	refused := 0
	for _, try := range tries {
		require.NoError(t, try.err)
		if try.got.Outcome == "booked" {
			continue
		}
		refused++
		require.Equal(t, "taken", *try.got.Reason)
		// All wish for the same three resources, so the locks put the tries in one order: what was written before a
		// refusal is what that try found.
		require.Equal(t, 3, busyAtRefusal(t, d.Pool(t), try), "refused at %s although a resource was free", try.starts)
	}
	require.NotZero(t, refused)
}

// openStressClinic makes three practitioners of one hour's visits, every ten minutes, and returns a start that is free.
func openStressClinic(t *testing.T, d *dbtest.Database) time.Time {
	d.Exec(t, `
		insert into public.organizations (id, name, slug, time_zone, slot_step)
		values ('a0000000-0000-7000-8000-000000000001', 'Lakeside Dental', 'lakeside', 'America/Chicago', '10 minutes');
		insert into public.locations (org_id, id, name, time_zone)
		select o.id, 'a0000000-0000-7000-8000-000000000010', 'Main', o.time_zone from public.organizations o;
		insert into public.services (org_id, name, duration, buffer_after)
		select o.id, 'Checkup', '60 minutes', '10 minutes' from public.organizations o;
		insert into public.resources (org_id, location_id, name)
		select l.org_id, l.id, 'Practitioner ' || n from public.locations l, generate_series(1, 3) n;
		insert into public.resource_services (org_id, resource_id, service_id)
		select r.org_id, r.id, s.id from public.resources r, public.services s;
		insert into public.business_hours (org_id, location_id, weekday, opens, closes)
		select l.org_id, l.id, n, '06:00', '20:00' from public.locations l, generate_series(0, 6) n;
		insert into public.phone_numbers (org_id, number, location_id)
		select l.org_id, '+13125550100', l.id from public.locations l;`)
	var starts time.Time
	require.NoError(t, d.Pool(t).QueryRow(t.Context(),
		"select ((app.now() at time zone 'America/Chicago')::date + 14 + time '10:00') at time zone 'America/Chicago'").Scan(&starts))
	return starts
}

// bookAtOnce lets the crowd book through the application's own door, each caller in a call of their own.
func bookAtOnce(t *testing.T, d *dbtest.Database, wish func(caller int) time.Time) []tried {
	store, err := db.Open(t.Context(), d.LoginURL)
	require.NoError(t, err)
	t.Cleanup(store.Close)
	tries := make([]tried, crowd)
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range tries {
		done.Go(func() {
			start.Wait()
			tries[i] = bookOnce(t, store, i, wish(i))
		})
	}
	start.Done()
	done.Wait()
	return tries
}

func bookOnce(t *testing.T, store *db.DB, caller int, starts time.Time) tried {
	try := tried{call: fmt.Sprintf("call-%d", caller), starts: starts}
	envelope := db.CallEnvelope{
		VapiCallID: try.call, Direction: "inbound",
		Number: "+13125550100", Caller: fmt.Sprintf("+131255502%02d", caller),
	}
	try.err = store.AsCall(t.Context(), envelope, func(tx db.Tx, call db.CallContext) error {
		tool := "tool-1"
		var err error
		try.got, err = tx.BookAppointment(t.Context(), db.BookAppointmentParams{
			Service: "Checkup", StartsAt: starts, PatientName: fmt.Sprintf("Caller %d Quillby", caller),
			CallID: &call.CallID, ToolCallID: &tool,
		})
		return err
	})
	return try
}

// requireNoOverlap asks for pairs, not the constraint: a test must not trust what it tests.
func requireNoOverlap(t *testing.T, pool *pgxpool.Pool) {
	var pairs, visits int
	require.NoError(t, pool.QueryRow(t.Context(), `
		select (select count(*) from public.appointments),
		  (select count(*) from public.appointments a join public.appointments b
		   on b.resource_id = a.resource_id and b.id > a.id and b.blocked && a.blocked)`).Scan(&visits, &pairs))
	require.NotZero(t, visits)
	require.Zero(t, pairs)
}

// busyAtRefusal counts the resources that a visit written before the refusal keeps from taking the wished start.
func busyAtRefusal(t *testing.T, pool *pgxpool.Pool, try tried) (busy int) {
	require.NoError(t, pool.QueryRow(t.Context(), `
		select count(distinct a.resource_id)
		from public.call_logs c
		join public.booking_attempts t on t.call_id = c.id and t.outcome = 'refused'
		join public.appointments a on a.created_at < t.at
		  and a.blocked && tstzrange($2::timestamptz, $2::timestamptz + interval '70 minutes')
		where c.vapi_call_id = $1`, try.call, try.starts).Scan(&busy))
	return busy
}
