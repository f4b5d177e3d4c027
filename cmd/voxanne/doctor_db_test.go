package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/doctor"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/seed"
)

// examineDemo is a whole installation whose owner's address leads to the demo clinics, without the clock of tests, whose table
// is open to everyone.
func examineDemo(t *testing.T) (*examined, *dbtest.Database) {
	t.Helper()
	x, demo := examine(t), dbtest.New(t)
	require.NoError(t, seed.Demo(t.Context(), demo.OwnerURL))
	x.environ["ADMIN_DATABASE_URL"] = demo.OwnerURL
	return x, demo
}

// verified runs `voxanne doctor --db --json` and returns what the checks of the database say; the first finding is about them.
func (x *examined) verified(t *testing.T) (status int, findings []doctor.Finding) {
	t.Helper()
	status, out, complaints := x.command(t, "doctor", "--db", "--json")
	var report doctor.Report
	require.NoError(t, json.Unmarshal([]byte(out), &report), out+complaints)
	require.NotContains(t, out+complaints, "test-secret")
	require.NotContains(t, out+complaints, "127.0.0.1")
	for _, f := range report.Findings {
		if f.Check == "verify" || len(findings) > 0 {
			findings = append(findings, f)
		}
	}
	require.NotEmpty(t, findings)
	require.Equal(t, "verify", findings[0].Check)
	return status, findings
}

func TestTheDoctorChecksTheDatabaseOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	x, _ := examineDemo(t)
	status, _, report := x.report(t)
	require.Zero(t, status)
	for _, f := range report.Findings {
		require.NotContains(t, f.Check, "verify")
	}
}

func TestTheDoctorFindsNothingInTheDemoClinics(t *testing.T) {
	t.Parallel()
	x, _ := examineDemo(t)
	status, found := x.verified(t)
	require.Zero(t, status)
	require.Equal(t, doctor.OK, found[0].Level, found[0].Detail)
	require.Contains(t, found[0].Detail, "findings: 0.")
	require.Len(t, found, 1)
}

func TestTheDoctorFindsFaultsOfTheDatabase(t *testing.T) {
	t.Parallel()
	x, demo := examineDemo(t)
	demo.Exec(t, `create table public.fresh (org_id uuid not null);
		update river.river_queue set paused_at = now();
		insert into river.river_queue (name, updated_at, paused_at) values ('quiet', now(), now())`)
	status, found := x.verified(t)
	require.Equal(t, 1, status)
	require.Equal(t, doctor.OK, found[0].Level)
	require.Contains(t, found, doctor.Finding{Check: "verify.no_primary_key", Level: doctor.Error, Object: "public.fresh",
		Detail: "the table has no primary key", Remedy: "alter table public.fresh add primary key (org_id, id)"})
	last := found[len(found)-1]
	require.Equal(t, doctor.Warning, last.Level, "errors come first")
	require.Equal(t, "verify.queue_paused", last.Check)

	status, out, _ := x.command(t, "doctor", "--db")
	require.Equal(t, 1, status)
	require.Regexp(t, `(?m)^error    verify\.no_primary_key +public\.fresh: the table has no primary key$`, out)
	require.Contains(t, out, "-> alter table public.fresh add primary key (org_id, id)")
}

// Twelve calls at once are too many for a check that takes the limit to be ten, and are not when it is twenty.
func TestTheDoctorHoldsCallsAgainstItsOwnLimit(t *testing.T) {
	t.Parallel()
	x, demo := examineDemo(t)
	demo.Exec(t, `insert into public.outbound_calls (org_id, kind, to_number, due_at, until_at, state, look_at, lease_id, taken_at)
		select o.id, 'test', '+13125553' || n, app.now(), app.now() + interval '1 hour', 'placing', app.now() + interval '1 minute',
			gen_random_uuid(), app.now()
		from (select id from public.organizations limit 1) o, generate_series(101, 112) n`)
	status, found := x.verified(t)
	require.Equal(t, 1, status)
	require.Equal(t, "verify.too_many_at_once", found[1].Check)
	x.environ["VAPI_CALLS_AT_ONCE"] = "20"
	status, found = x.verified(t)
	require.Zero(t, status, "%+v", found)
}

func TestTheDoctorSaysThatTheDatabaseWasNotChecked(t *testing.T) {
	t.Parallel()
	set := func(address func(*examined) string) func(*testing.T, *examined) {
		return func(_ *testing.T, x *examined) { x.environ["ADMIN_DATABASE_URL"] = address(x) }
	}
	for name, tc := range map[string]struct {
		spoil  func(*testing.T, *examined)
		detail string
	}{
		"no address":   {func(_ *testing.T, x *examined) { delete(x.environ, "ADMIN_DATABASE_URL") }, "ADMIN_DATABASE_URL is not set"},
		"blind role":   {set(func(x *examined) string { return x.data.LoginURL }), "does not see all rows"},
		"nobody there": {set(func(*examined) string { return "postgres://o:test-secret-pg@127.0.0.1:1/v" }), "cannot be reached"},
		"no schema": {func(t *testing.T, x *examined) { x.environ["ADMIN_DATABASE_URL"] = dbtest.Empty(t).OwnerURL },
			"has no schema of this program"},
		"half a schema": {func(t *testing.T, x *examined) { x.data.Exec(t, "drop table public.vapi_tools cascade") }, "SQLSTATE 42P01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := examine(t)
			tc.spoil(t, x)
			status, found := x.verified(t)
			require.Equal(t, 1, status)
			require.Len(t, found, 1)
			require.Equal(t, doctor.Error, found[0].Level)
			require.Contains(t, found[0].Detail, tc.detail)
			require.NotEmpty(t, found[0].Remedy)
		})
	}
}
