package sql_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// formerClinic draws what drawClinic leaves out: a practitioner who keeps the location's hours, one at a second location in
// another zone, a shut time with its end in it, meetings that end where visits start, and a calendar that is busy from ever or for ever.
func formerClinic(t *rapid.T, window span) (rows []refRow) {
	second := rapid.SampledFrom(zoneYears).Draw(t, "second zone").zone
	rows = append(rows, refRow{"insert into public.locations (org_id, id, name, time_zone) values ($1, $2, 'Second', $3)",
		[]any{refOrg, refID("10", 1), second}})
	for i, location := range []string{refID("10", 0), refID("10", 1)} {
		id := refID("30", 8+i)
		rows = append(rows,
			refRow{"insert into public.resources (org_id, id, location_id, name) values ($1, $2, $3, $4)",
				[]any{refOrg, id, location, fmt.Sprintf("Practitioner %d", 8+i)}},
			refRow{"insert into public.resource_services (org_id, resource_id, service_id) values ($1, $2, $3)", []any{refOrg, id, refID("20", 0)}})
		for weekday, spans := range drawWeek(t) {
			for _, s := range spans {
				rows = append(rows, refRow{`insert into public.business_hours (org_id, location_id, weekday, opens, closes)
					values ($1, $2, $3, time '00:00' + $4 * interval '1 minute',
					  case when $5 = 1440 then time '24:00' else time '00:00' + $5 * interval '1 minute' end)`,
					[]any{refOrg, location, weekday, s.opens, s.closes}})
			}
		}
	}
	shut := drawSpan(t, window, 8*60)
	rows = append(rows, refRow{"insert into public.closures (org_id, location_id, during) values ($1, $2, tstzrange($3, $4, $5))",
		[]any{refOrg, refID("10", rapid.IntRange(0, 1).Draw(t, "shut location")), shut.from, shut.to, rapid.SampledFrom([]string{"[)", "(]", "[]"}).Draw(t, "ends")}})
	if ever := rapid.SampledFrom([]string{"", "", "-infinity", "infinity"}).Draw(t, "ever"); ever != "" {
		from, to := "-infinity", shut.to.Format(time.RFC3339)
		if ever == "infinity" {
			from, to = shut.from.Format(time.RFC3339), "infinity"
		}
		rows = append(rows, refRow{"insert into public.busy_blocks (org_id, resource_id, starts_at, ends_at) values ($1, $2, $3::text::timestamptz, $4::text::timestamptz)",
			[]any{refOrg, refID("30", 8), from, to}})
	}
	for range rapid.IntRange(2, 6).Draw(t, "meetings") {
		// On fives, where starts are: what ends then must not bar a start, nor what begins when a visit ends.
		from := drawSpan(t, window, 1).from.Truncate(5 * time.Minute)
		rows = append(rows, refRow{"insert into public.busy_blocks (org_id, resource_id, starts_at, ends_at) values ($1, $2, $3, $4)",
			[]any{refOrg, refID("30", rapid.SampledFrom([]int{0, 8, 9}).Draw(t, "who meets")), from,
				from.Add(5 * time.Minute * time.Duration(rapid.IntRange(1, 12).Draw(t, "fives")))}})
	}
	return rows
}

// TestFreeSlotsAreWhatTheyWere compares every column of what is free, and the hours it is found in, with the definitions from
// before both were made faster.
func TestFreeSlotsAreWhatTheyWere(t *testing.T) {
	t.Parallel()
	former, err := os.ReadFile("testdata/former_free_slots.sql")
	require.NoError(t, err)
	conn := dbtest.New(t, dbtest.WithClock()).Pool(t)
	_, err = conn.Exec(t.Context(), string(former))
	require.NoError(t, err)
	offered := 0
	rapid.Check(t, func(rt *rapid.T) {
		tx, err := conn.Begin(context.Background())
		require.NoError(rt, err)
		defer tx.Rollback(context.Background()) //nolint:errcheck // nothing of it is kept
		clinic, rows, window := drawClinic(rt)
		storeClinic(rt, tx, clinic, append(rows, formerClinic(rt, window)...))
		offered += requireAsFormerly(rt, tx, clinic, window)
	})
	require.Positive(t, offered, "nothing was ever free: nothing was compared")
}

// requireAsFormerly asks both with the same wish, and answers how many starts were free.
func requireAsFormerly(t *rapid.T, tx pgx.Tx, c refClinic, window span) (offered int) {
	var resource, call *string
	if i := rapid.SampledFrom([]int{-1, -1, 0, 8, 9}).Draw(t, "asked for"); i >= 0 {
		resource = new(refID("30", i))
	}
	if i := rapid.IntRange(-1, 12).Draw(t, "call"); i >= 0 {
		call = new(refID("50", i))
	}
	if rapid.Bool().Draw(t, "on fives") {
		window = span{window.from.Truncate(5 * time.Minute), window.to.Truncate(5 * time.Minute)}
	}
	ignored := rapid.IntRange(0, 6).Draw(t, "moved")
	var differ int
	require.NoError(t, tx.QueryRow(context.Background(), `
		with moved as (select (select a.id from public.appointments a order by a.scheduled_at, a.id offset $7 limit 1) as id),
		now_free as materialized (select f.* from moved m, app.free_slots($1, $2, $3, $4, $5, $6, m.id) f),
		was_free as materialized (select f.* from moved m, former.free_slots($1, $2, $3, $4, $5, $6, m.id) f),
		resources as (select array_agg(r.id) as ids from public.resources r),
		now_open as materialized (select o.* from resources r, app.open_spans(r.ids, $3, $4) o),
		was_open as materialized (select o.* from resources r, former.open_spans(r.ids, $3, $4) o)
		select (select count(*) from now_free),
			(select count(*) from ((table now_free except all table was_free) union all (table was_free except all table now_free)) d)
			+ (select count(*) from ((table now_open except all table was_open) union all (table was_open except all table now_open)) d)`,
		refID("20", 0), resource, window.from, window.to, c.now, call, ignored).Scan(&offered, &differ))
	require.Zero(t, differ, "rows that only one of the two gives")
	return offered
}
