package sql_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// zoneYear is a zone with a year that shows what is special about it.
type zoneYear struct {
	zone string
	year int
}

var zoneYears = []zoneYear{
	{"America/Chicago", 2030},
	{"Europe/London", 2030},
	{"America/Sao_Paulo", 2018},   // changes at midnight: a day begins at one, another ends twice
	{"Africa/Cairo", 2026},        // the same, on other weekdays
	{"America/Havana", 2026},      // midnight forward, one o'clock back
	{"Australia/Lord_Howe", 2026}, // by half an hour
	{"Antarctica/Troll", 2026},    // by two hours
	{"Africa/Casablanca", 2026},   // back for Ramadan
	{"America/St_Johns", 2026},    // UTC-3:30 with daylight saving
	{"Asia/Kolkata", 2026},        // UTC+5:30 without
	{"Asia/Kathmandu", 2026},      // UTC+5:45
	{"Pacific/Apia", 2011},        // has no 30th of December
	{"UTC", 2028},
}

// TestSlotsAreRightOnEveryDayOfAYear asks for whole years of spans that lie
// where clocks change: after midnight, in office hours, up to midnight.
func TestSlotsAreRightOnEveryDayOfAYear(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, dbtest.WithClock())
	conn := d.Pool(t)
	for _, z := range zoneYears {
		t.Run(z.zone, func(t *testing.T) {
			tx, err := conn.Begin(t.Context())
			require.NoError(t, err)
			defer tx.Rollback(context.Background()) //nolint:errcheck // nothing of it is kept
			clinic := plainClinic(t, z)
			storeClinic(t, tx, clinic, nil)
			first := time.Date(z.year, 1, 1, 0, 0, 0, 0, time.UTC)
			end := first.AddDate(1, 0, 0)
			got := map[time.Time]int{}
			for from := first; from.Before(end); from = from.AddDate(0, 0, 60) {
				maps.Copy(got, slots(t, tx, from, earlier(from.AddDate(0, 0, 60), end)))
			}
			requireSameStarts(t, clinic, clinic.starts(first, end), got)
		})
	}
}

// TestSlotsOfRandomClinics varies everything at once and looks at a few days,
// mostly round a change of the clocks.
func TestSlotsOfRandomClinics(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t, dbtest.WithClock())
	conn := d.Pool(t)
	rapid.Check(t, func(rt *rapid.T) {
		tx, err := conn.Begin(context.Background())
		require.NoError(rt, err)
		defer tx.Rollback(context.Background()) //nolint:errcheck // nothing of it is kept
		clinic, rows, window := drawClinic(rt)
		storeClinic(rt, tx, clinic, rows)
		requireSameStarts(rt, clinic, clinic.starts(window.from, window.to), slots(rt, tx, window.from, window.to))
	})
}

// plainClinic has one practitioner, no notice and nothing booked.
func plainClinic(t require.TestingT, z zoneYear) refClinic {
	zone, err := time.LoadLocation(z.zone)
	require.NoError(t, err)
	clinic := refClinic{
		zone: zone, now: time.Date(z.year-1, 12, 31, 0, 0, 0, 0, time.UTC), step: 30 * time.Minute, duration: time.Hour,
		maxAdvance: 730 * 24 * time.Hour, resources: make([]refResource, 1),
	}
	for day := range clinic.resources[0].week {
		clinic.resources[0].week[day] = []opening{{0, 90}, {2 * 60, 4 * 60}, {9 * 60, 12 * 60}, {22 * 60, 24 * 60}}
	}
	return clinic
}

// requireSameStarts compares every start, and that the offered resource is one that can take it.
func requireSameStarts(t require.TestingT, c refClinic, want map[time.Time][]int, got map[time.Time]int) {
	for _, at := range slices.SortedFunc(maps.Keys(want), time.Time.Compare) {
		resource, ok := got[at]
		if !ok {
			require.Fail(t, "free and not offered", "%s: %s", c.zone, at.In(c.zone))
		}
		if !slices.Contains(want[at], resource) {
			require.Fail(t, "offered with a resource that is not free", "%s: %s, resource %d", c.zone, at.In(c.zone), resource)
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(got), time.Time.Compare) {
		if _, ok := want[at]; !ok {
			require.Fail(t, "offered and not free", "%s: %s", c.zone, at.In(c.zone))
		}
	}
}

// slots asks the database as the application does; values are indexes of resources.
func slots(t require.TestingT, tx pgx.Tx, from, to time.Time) map[time.Time]int {
	ctx := context.Background()
	rows, err := tx.Query(ctx, "select starts_at, right(resource_id::text, 1)::integer from app.available_slots('Checkup', $1, $2, null, 5000)", from, to)
	require.NoError(t, err)
	got := map[time.Time]int{}
	var at time.Time
	var resource int
	_, err = pgx.ForEachRow(rows, []any{&at, &resource}, func() error {
		got[at.UTC()] = resource
		return nil
	})
	require.NoError(t, err)
	return got
}

const refOrg = "a0000000-0000-7000-8000-000000000001"

// refID is the id of the n-th row of a kind in the clinic.
func refID(kind string, n int) string {
	return fmt.Sprintf("a0000000-0000-7000-8000-00000000%s%02d", kind, n)
}

// storeClinic writes the clinic and more rows in the transaction, sets its clock and goes on as tenant_service.
func storeClinic(t require.TestingT, tx pgx.Tx, c refClinic, more []refRow) {
	batch := &pgx.Batch{}
	batch.Queue("set local timezone = 'UTC'")
	batch.Queue("update app.test_clock set at = $1", c.now)
	batch.Queue(`insert into public.organizations (id, name, slug, time_zone, slot_step, min_notice, max_advance)
		values ($1, 'Lakeside', 'lakeside', $2, $3, $4, $5)`, refOrg, c.zone.String(), c.step, c.minNotice, c.maxAdvance)
	batch.Queue("insert into public.locations (org_id, id, name, time_zone) values ($1, $2, 'Main', $3)", refOrg, refID("10", 0), c.zone.String())
	batch.Queue(`insert into public.services (org_id, id, name, duration, buffer_before, buffer_after)
		values ($1, $2, 'Checkup', $3, $4, $5)`, refOrg, refID("20", 0), c.duration, c.before, c.after)
	for i, r := range c.resources {
		batch.Queue("insert into public.resources (org_id, id, location_id, name) values ($1, $2, $3, $4)",
			refOrg, refID("30", i), refID("10", 0), fmt.Sprintf("Practitioner %d", i))
		batch.Queue("insert into public.resource_services (org_id, resource_id, service_id) values ($1, $2, $3)", refOrg, refID("30", i), refID("20", 0))
		for weekday, spans := range r.week {
			for _, s := range spans {
				batch.Queue(`insert into public.business_hours (org_id, location_id, resource_id, weekday, opens, closes)
					values ($1, $2, $3, $4, time '00:00' + $5 * interval '1 minute',
					  case when $6 = 1440 then time '24:00' else time '00:00' + $6 * interval '1 minute' end)`,
					refOrg, refID("10", 0), refID("30", i), weekday, s.opens, s.closes)
			}
		}
	}
	for _, row := range more {
		batch.Queue(row.sql, row.args...)
	}
	batch.Queue("select set_config('request.jwt.claims', $1, true)", `{"app_metadata":{"org_id":"`+refOrg+`"}}`)
	batch.Queue("set local role tenant_service")
	require.NoError(t, tx.SendBatch(context.Background(), batch).Close())
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
