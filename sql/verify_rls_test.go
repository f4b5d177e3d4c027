package sql_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// rls runs verify/rls.sql as a DBA would and returns the findings, a line each.
func rls(t *testing.T, address string) (string, error) {
	t.Helper()
	return psql(t, address, "--tuples-only", "--no-align", "-f", "verify/rls.sql")
}

func TestVerifyRLSFindsNothingInASoundDatabase(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	furnish(t, d)
	out, err := rls(t, d.OwnerURL)
	require.NoError(t, err, out)
	require.Empty(t, out)
}

func TestVerifyFindsNothingOnSupabase(t *testing.T) {
	t.Parallel()
	d := supabase(t)
	d.Exec(t, twoClinics)
	out, err := verify(t, d.OwnerURL, "all")
	require.NoError(t, err, out)
	require.Contains(t, out, "(0 rows)")
	furnish(t, d)
	out, err = rls(t, d.OwnerURL)
	require.NoError(t, err, out)
	require.Empty(t, out)
}

// A role that row security binds would find nothing, whatever there is.
func TestVerifyRLSRefusesToLookWithHalfAnEye(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	out, err := rls(t, d.LoginURL)
	require.Error(t, err)
	require.Contains(t, out, "cannot see every row")

	out, err = rls(t, dbtest.Empty(t).OwnerURL)
	require.Error(t, err)
	require.Contains(t, out, "no migrated Voxanne database")
}

func TestVerifyRLSFindsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	furnish(t, d)
	plants := []struct{ finding, sql string }{
		{"rls_disabled|error|public.patients", `alter table public.patients disable row level security`},
		{"rls_disabled|error|public.fresh", `create table public.fresh (org_id uuid)`},
		{"rls_not_forced|error|public.contacts", `alter table public.contacts no force row level security`},
		{"no_policy|error|public.services", `drop policy tenant_reads on public.services`},
		{"policy_without_tenant|error|public.messages: open for tenant_user", `create policy open on public.messages for select to tenant_user using (true)`},
		{"policy_without_tenant|error|public.messages: wide_open for public", `create policy wide_open on public.messages using (true)`},
		{"policy_without_tenant|error|public.contacts: wide for app_writer", `create policy wide on public.contacts to app_writer using (org_id = app.current_org_id() or name is null)`},
		{"policy_without_tenant|error|public.contacts: moves for app_writer", `create policy moves on public.contacts for update to app_writer using (org_id = app.current_org_id()) with check (true)`},
		{"policy_not_wrapped|warning|public.contacts: slow", `create policy slow on public.contacts for select to tenant_user using (org_id = app.current_org_id())`},
		{"policy_crosses_patients|error|public.patients: crosses", `create policy crosses on public.patients to app_definer using (true)`},
		{"policy_trusts_user_metadata|error|public.calls_by_user: trusts", `create table public.calls_by_user (org_id uuid);
			select app.protect_table('public.calls_by_user');
			create policy trusts on public.calls_by_user to service_role using (auth.jwt() -> 'user_metadata' ->> 'org_id' = org_id::text)`},
		{"view_as_owner|error|public.everybody", `create view public.everybody as select * from public.patients`},
		{"open_to_browsers|error|authenticated on public.call_logs", `grant select (summary) on public.call_logs to authenticated`},
		{"open_to_browsers|error|anon on public.organizations", `grant select on public.organizations to public`},
		{"tenant_writes_table|error|tenant_user on public.organizations", `grant update (name) on public.organizations to tenant_user`},
		{"definer_reaches_patients|error|public.appointments", `grant select (id) on public.appointments to app_definer`},
		{"policy_lets_search|error|public.appointments: finds", `create policy finds on public.appointments for select to app_searcher using (true)`},
		{"policy_lets_search|error|public.contacts: rewrites", `create policy rewrites on public.contacts to app_searcher using (true)`},
		{"searcher_writes|error|public.contacts", `grant update (name) on public.contacts to app_searcher`},
		{"audit_trail_rewritable|error|app_writer on public.messages", `grant delete on public.messages to app_writer`},
		{"foreign_key_without_tenant|error|public.notes: notes_contact_id_fkey", `alter table public.contacts add unique (id);
			create table public.notes (org_id uuid, contact_id uuid references public.contacts (id));
			select app.protect_table('public.notes')`},
		{"foreign_key_not_enforced|error|public.appointments: ", `alter table public.appointments disable trigger all`},
		{"row_in_another_tenant|error|contact_id of public.patients|it points into another tenant in 1 rows", `set session_replication_role = replica;
			update public.patients set contact_id = 'b0000000-0000-7000-8000-0000000000d1' where org_id = 'a0000000-0000-7000-8000-000000000001'`},
		{"row_in_another_tenant|error|appointment_id of public.booking_attempts|it points into another tenant in 1 rows",
			`update public.booking_attempts set appointment_id = 'b0000000-0000-7000-8000-000000000071' where org_id = 'a0000000-0000-7000-8000-000000000001'`},
	}
	for _, planted := range plants {
		d.Exec(t, planted.sql)
	}
	out, err := rls(t, d.OwnerURL)
	require.Error(t, err, out)
	for _, planted := range plants {
		require.Contains(t, out, planted.finding)
	}
}
