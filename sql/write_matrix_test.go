package sql_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

const writeMatrix = "../docs/write-matrix.md"

const writeMatrixHead = `# Who may do what to which table

Written from the database's catalogue by ` + "`go test ./sql -run WriteMatrix -update`" + `, and compared with it by every test run.

Requests run as ` + "`tenant_user`, webhooks and jobs as `tenant_service`" + `; neither writes a table directly. Functions owned by
` + "`app_writer`" + ` write inside one tenant, those owned by ` + "`app_definer`" + ` cross tenants, and the one owned by
` + "`app_searcher`" + ` looks words up without a policy. ` + "`voxanne_login`, `anon` and `authenticated`" + `
have no right anywhere and are in no column. s: select, i: insert, u: update, d: delete; in brackets: only these columns.

| table | tenant_user | tenant_service | app_writer | app_definer | app_searcher | service_role |
|---|---|---|---|---|---|---|
`

const matrixRows = `
select '| ' || c.relname || ' | ' || array_to_string(array(
  select coalesce(nullif(concat_ws(' ',
    nullif((select string_agg(p.letter, '' order by p.at) from (values (1, 'select', 's'), (2, 'insert', 'i'), (3, 'update', 'u'), (4, 'delete', 'd'),
        (5, 'truncate', 'truncate'), (6, 'references', 'references'), (7, 'trigger', 'trigger')) p (at, name, letter)
      where has_table_privilege(r.name, c.oid, p.name)), ''),
    (select string_agg(k.letter || ' (' || k.columns || ')', ' ' order by k.at) from (
      select p.at, p.letter, string_agg(a.attname, ', ' order by a.attnum) as columns
      from (values (1, 'select', 's'), (2, 'insert', 'i'), (3, 'update', 'u')) p (at, name, letter)
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where not has_table_privilege(r.name, c.oid, p.name) and has_column_privilege(r.name, c.oid, a.attnum, p.name)
      group by p.at, p.letter) k)), ''), '–')
  from unnest(array['tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher', 'service_role']) with ordinality r (name, at)
  order by r.at), ' | ') || ' |'
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname not like 'goose\_%'
order by c.relname`

func TestWriteMatrixIsAsPublished(t *testing.T) {
	t.Parallel()
	got := writeMatrixHead + strings.Join(strs(t, dbtest.New(t).OwnerURL, matrixRows), "\n") + "\n"
	if *update {
		require.NoError(t, os.WriteFile(writeMatrix, []byte(got), 0o644))
	}
	require.Equal(t, read(t, writeMatrix), got, "the rights are not docs/write-matrix.md; if they should change: go test ./sql -run WriteMatrix -update")
}

func TestRolesCannotPassTheirRules(t *testing.T) {
	t.Parallel()
	address := dbtest.New(t).OwnerURL
	const ours = `('voxanne_login', 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher')`
	require.Len(t, strs(t, address, `select rolname::text from pg_roles where rolname in `+ours), 6)
	for says, query := range map[string]string{
		"a role passes row security or makes roles": `select rolname::text from pg_roles where rolname in ` + ours + `
			and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`,
		"a role can sign in":      `select rolname::text from pg_roles where rolname in ` + ours + ` and rolname <> 'voxanne_login' and rolcanlogin`,
		"the login role inherits": `select rolname::text from pg_roles where rolname = 'voxanne_login' and rolinherit`,
		"the login role becomes more than the two tenant roles": `select r.rolname::text from pg_roles r
			where r.rolname not in ('voxanne_login', 'tenant_user', 'tenant_service') and pg_has_role('voxanne_login', r.oid, 'member')`,
		"a tenant role becomes another": `select t.name || ' ' || r.rolname from (values ('tenant_user'), ('tenant_service'), ('app_writer'), ('app_definer'), ('app_searcher')) t (name), pg_roles r
			where r.rolname <> t.name and pg_has_role(t.name, r.oid, 'member')`,
		"the login role or a browser's role has a right on a table": `select role || ' ' || c.oid::regclass
			from unnest(array['voxanne_login', 'anon', 'authenticated']) role, pg_class c
			where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'river'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm', 'f')
			  and not (role = 'voxanne_login' and c.relnamespace = 'river'::regnamespace)
			  and (has_table_privilege(role, c.oid, 'select, insert, update, delete, truncate, references, trigger')
			    or has_any_column_privilege(role, c.oid, 'select, insert, update, references'))`,
		"a browser's role has a right on a sequence": `select role || ' ' || c.oid::regclass from unnest(array['anon', 'authenticated']) role, pg_class c
			where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'river'::regnamespace) and c.relkind = 'S' and has_sequence_privilege(role, c.oid, 'usage, select, update')`,
		"a browser's role reaches a schema of ours": `select role || ' ' || s from unnest(array['anon', 'authenticated']) role, unnest(array['app', 'river']) s
			where has_schema_privilege(role, s, 'usage, create')`,
		"a role of ours makes objects": `select r.rolname || ' ' || n.nspname from pg_roles r, pg_namespace n
			where r.rolname in ` + ours + ` and n.nspname in ('app', 'river', 'extensions', 'auth') and has_schema_privilege(r.oid, n.oid, 'create')`,
		"PUBLIC or a browser's role executes a function": `select p.oid::regprocedure::text from pg_proc p
			where p.pronamespace = 'app'::regnamespace and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute')
			  or exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x where x.grantee = 0))`,
		"a SECURITY DEFINER function has another owner or an open search_path": `select p.oid::regprocedure::text from pg_proc p
			where p.pronamespace in ('app'::regnamespace, 'public'::regnamespace) and p.prosecdef
			  and p.oid <> 'app.schema_version()'::regprocedure -- goose's table is the migrating role's
			  and (p.proowner::regrole::text not in ('app_writer', 'app_definer', 'app_searcher') or not coalesce(p.proconfig, '{}') @> array['search_path=""'])`,
		"a function of the crossing role's reaches patients": `select c.relname::text from pg_class c
			where c.relname in ('patients', 'appointments', 'messages', 'call_logs') and c.relnamespace = 'public'::regnamespace
			  and (has_table_privilege('app_definer', c.oid, 'select, insert, update, delete, truncate') or has_any_column_privilege('app_definer', c.oid, 'select, insert, update'))`,
		"the crossing role has a policy on patients": `select polname || ' on ' || polrelid::regclass from pg_policy
			where polrelid in ('public.patients'::regclass, 'public.appointments'::regclass, 'public.messages'::regclass, 'public.call_logs'::regclass)
			  and (polroles @> array['app_definer'::regrole::oid] or polroles @> array[0::oid])`,
		"a function of the searching role's is none of those that name their tenant": `select p.oid::regprocedure::text from pg_proc p
			where p.proowner = 'app_searcher'::regrole
			  and p.oid not in ('app.found_ids(text, text)'::regprocedure, 'app.knowledge_words(uuid[], bigint, text, text[], integer, tsvector[])'::regprocedure)`,
		"the searching role writes": `select c.relname::text from pg_class c
			where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
			  and (has_table_privilege('app_searcher', c.oid, 'select, insert, update, delete, truncate') or has_any_column_privilege('app_searcher', c.oid, 'insert, update'))`,
		"a table in public without forced row security": `select c.relname::text from pg_class c
			where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'goose\_%' and not (c.relrowsecurity and c.relforcerowsecurity)`,
	} {
		require.Empty(t, strs(t, address, query), says)
	}
}

// What the login role may call before a request began, and nothing more.
func TestLoginRoleCallsOnlyTheDoors(t *testing.T) {
	t.Parallel()
	got := strs(t, dbtest.New(t).OwnerURL, `
		select p.proname::text from pg_proc p
		where p.pronamespace = 'app'::regnamespace and has_function_privilege('voxanne_login', p.oid, 'execute') order by 1`)
	require.Equal(t, []string{
		"agents_to_reconcile", "agents_to_sync", "begin_request", "calendar_counts", "calendar_events_to_sync", "channels_to_renew", "claim_tool", "consents_under_other_keys",
		"due_provisionings", "find_channel", "find_feed_tenant", "find_messaging_tenant", "find_share_tenant",
		"forget_retired_tool", "limit_waits", "links_to_pull", "lose_tool", "lost_members", "open_call", "orgs_to_reseal", "orgs_to_roll_up", "orgs_with_due_recordings",
		"orgs_with_knowledge", "orgs_with_old_grants", "orgs_with_retention",
		"outbound_calls_to_settle", "outbound_load", "redeem_event_ticket", "register_tool", "relay_events", "release_tool_claim", "retired_tools", "schema_version",
		"sweep_platform", "take_oauth", "take_outbound_call", "take_vapi_turn", "tool_registry",
	}, got)
}
