package sql_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/migrate"
)

// supabase gives a Supabase-shaped database with every migration applied by
// its own migrating role, which is no superuser.
func supabase(t *testing.T) *dbtest.Database {
	t.Helper()
	d, migrator := dbtest.Supabase(t)
	require.NoError(t, migrate.Up(t.Context(), migrator, nil))
	return d
}

// as runs fn as PostgREST runs a request: signed in as authenticator, in a
// transaction of another role under claims. It is rolled back.
func as(t *testing.T, d *dbtest.Database, role, claims string, fn func(pgx.Tx)) {
	t.Helper()
	address, err := url.Parse(d.OwnerURL)
	require.NoError(t, err)
	address.User = url.UserPassword("authenticator", "test-secret-authenticator")
	tx, err := connected(t, address.String()).Begin(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback(t.Context())) }()
	_, err = tx.Exec(t.Context(), "select set_config('request.jwt.claims', $2, true), set_config('role', $1, true)", role, claims)
	require.NoError(t, err)
	fn(tx)
}

// refused runs a statement and wants 42501; what it did is undone.
func refused(t *testing.T, tx pgx.Tx, statement string) {
	t.Helper()
	step, err := tx.Begin(t.Context())
	require.NoError(t, err)
	_, err = step.Exec(t.Context(), statement)
	require.Equal(t, noPrivilege, state(err), statement)
	require.NoError(t, step.Rollback(t.Context()))
}

func TestSupabaseSignUpProvisions(t *testing.T) {
	t.Parallel()
	d := supabase(t)
	conn := connected(t, d.OwnerURL)
	_, err := conn.Exec(t.Context(), "set role supabase_auth_admin; set search_path to auth")
	require.NoError(t, err)
	// The server reads the row again before it makes the first token.
	_, err = conn.Exec(t.Context(), `insert into users (id, email, raw_user_meta_data)
		values ('c0000000-0000-7000-8000-0000000000e1', 'founder@patients.example', '{"business_name": "Quill Dental"}')`)
	require.NoError(t, err)
	var stamp, hooked string
	require.NoError(t, conn.QueryRow(t.Context(), "select raw_app_meta_data ->> 'org_id' from users").Scan(&stamp))
	require.NoError(t, conn.QueryRow(t.Context(), `
		select app.access_token_hook('{"user_id": "c0000000-0000-7000-8000-0000000000e1", "claims": {}}') #>> '{claims,app_metadata,org_id}'`).Scan(&hooked))
	require.Equal(t, stamp, hooked)
	require.Equal(t, []string{stamp + " Quill Dental owner"}, strs(t, d.OwnerURL,
		"select o.id || ' ' || o.name || ' ' || p.role from public.organizations o join public.profiles p on p.org_id = o.id"))

	// The admin endpoint writes its metadata again; removing the person removes the membership.
	_, err = conn.Exec(t.Context(), `update users set raw_app_meta_data = '{"provider": "email"}'`)
	require.NoError(t, err)
	require.Equal(t, []string{stamp}, strs(t, d.OwnerURL, "select raw_app_meta_data ->> 'org_id' from auth.users"))
	_, err = conn.Exec(t.Context(), "delete from users")
	require.NoError(t, err)
	require.Empty(t, strs(t, d.OwnerURL, "select id::text from public.profiles"))
}

// Old projects open every new table to the browser's roles by default
// privileges. A signed-in owner with the right claims must still get nothing.
func TestSupabaseBrowserRolesGetNothing(t *testing.T) {
	t.Parallel()
	d := supabase(t)
	furnish(t, d)
	tables := append(tenantTables(t, d.OwnerURL), tenantTable{"vapi_tools", "name"})
	functions := strs(t, d.OwnerURL, `select p.proname::text || '(' || array_to_string(array_fill('null'::text, array[p.pronargs - p.pronargdefaults]), ', ') || ')'
		from pg_proc p where p.pronamespace = 'app'::regnamespace and p.prorettype <> 'trigger'::regtype and p.provariadic = 0`)
	require.Greater(t, len(functions), 50)
	for _, role := range []string{"authenticated", "anon"} {
		t.Run(role, func(t *testing.T) {
			as(t, d, role, claims("a"), func(tx pgx.Tx) {
				for _, table := range tables {
					refused(t, tx, fmt.Sprintf("select * from public.%s", table.name))
					refused(t, tx, fmt.Sprintf("select %s from public.%s", table.org, table.name))
					refused(t, tx, fmt.Sprintf("insert into public.%s default values", table.name))
					refused(t, tx, fmt.Sprintf("update public.%s set %s = %s", table.name, table.org, table.org))
					refused(t, tx, fmt.Sprintf("delete from public.%s", table.name))
					refused(t, tx, fmt.Sprintf("truncate public.%s cascade", table.name))
				}
				for _, function := range functions {
					refused(t, tx, "select app."+function)
				}
				refused(t, tx, "set local role tenant_user")
				refused(t, tx, "select * from river.river_job")
			})
		})
	}
}

func TestSupabaseServiceRoleSeesAll(t *testing.T) {
	t.Parallel()
	d := supabase(t)
	furnish(t, d)
	as(t, d, "service_role", "", func(tx pgx.Tx) {
		for _, table := range tenantTables(t, d.OwnerURL) {
			var orgs int
			require.NoError(t, tx.QueryRow(t.Context(), fmt.Sprintf(
				"select count(distinct %s) from public.%s where %s in ('%s', '%s')", table.org, table.name, table.org, orgID("a"), orgID("b"))).Scan(&orgs))
			require.Equal(t, 2, orgs, "service_role misses rows of %s", table.name)
		}
	})
}

func TestSupabaseTokenHookIsTheAuthServersAlone(t *testing.T) {
	t.Parallel()
	d := supabase(t)
	require.Equal(t, []string{"app_definer", "supabase_auth_admin"}, strs(t, d.OwnerURL, `
		select r.rolname::text from pg_roles r
		where has_function_privilege(r.oid, 'app.access_token_hook(jsonb)', 'execute') and not r.rolsuper
		  and not pg_has_role(r.oid, 'app_definer', 'usage') or r.rolname = 'app_definer'
		order by 1`))
	require.Equal(t, []string{"access_token_hook"}, strs(t, d.OwnerURL, `
		select p.proname::text from pg_proc p
		where p.pronamespace = 'app'::regnamespace and has_function_privilege('supabase_auth_admin', p.oid, 'execute')`))
}

// The rules of plain PostgreSQL hold where default privileges worked against them.
func TestSupabaseWriteMatrixIsTheSame(t *testing.T) {
	t.Parallel()
	require.Equal(t, strs(t, dbtest.New(t).OwnerURL, matrixRows), strs(t, supabase(t).OwnerURL, matrixRows))
}
