insert into pg_temp.findings
with functions as (
  select p.oid, p.oid::regprocedure::text as name, p.prosecdef, p.proconfig, p.proowner,
    coalesce(p.proacl, acldefault('f', p.proowner)) as acl
  from pg_proc p
  where p.pronamespace = 'app'::regnamespace
    or p.pronamespace = 'public'::regnamespace and not exists ( -- where an old install keeps extensions
      select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
)
-- definer_owner: a function that runs as a superuser passes every rule. app.schema_version reads goose's table, which is who migrates'.
select 'definer_owner', 'error', format('%s belongs to %s', f.name, f.proowner::regrole),
  'it runs with rights that row security may not bind',
  format('alter function %s owner to app_writer', f.name)
from functions f
where f.prosecdef and f.proowner::regrole::text not in ('app_writer', 'app_definer', 'app_searcher')
  and f.name <> 'app.schema_version()'

union all
-- definer_search_path: who can make a temporary table could put theirs in a name's place.
select 'definer_search_path', 'error', f.name,
  'it runs as its owner and looks names up on its caller''s path',
  format('alter function %s set search_path = ''''', f.name)
from functions f
where f.prosecdef and not coalesce(f.proconfig, '{}') @> array['search_path=""']

union all
-- function_open_to_public: every function is so from birth, until app.seal closes it.
select 'function_open_to_public', 'error', f.name,
  'everyone who can connect may call it',
  format('revoke all on function %s from public', f.name)
from functions f
where exists (select from aclexplode(f.acl) x where x.grantee = 0 and x.privilege_type = 'EXECUTE')

union all
-- function_open_to_browsers: also by membership in another role, or through PUBLIC.
select 'function_open_to_browsers', 'error', format('%s by %s', f.name, r.rolname),
  'every browser on Supabase may call it',
  format('revoke all on function %s from public, %I', f.name, r.rolname)
from functions f
cross join pg_roles r
where r.rolname in ('anon', 'authenticated') and has_function_privilege(r.oid, f.oid, 'execute')

union all
-- function_open_to_stranger: the docs/write-matrix.md names every role that this release gives rights to.
select 'function_open_to_stranger', 'error', format('%s by %s', f.name, x.grantee::regrole),
  'a role that is none of ours may call a function that runs as its owner',
  format('revoke all on function %s from %s', f.name, x.grantee::regrole)
from functions f
cross join aclexplode(f.acl) x
where f.prosecdef and x.grantee <> 0 and x.grantee <> f.proowner
  and x.grantee::regrole::text not in ('voxanne_login', 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher',
    'service_role', 'anon', 'authenticated', 'supabase_auth_admin') -- the two of browsers are found above; the last calls the token hook
  and not pg_has_role(x.grantee, (select n.nspowner from pg_namespace n where n.nspname = 'app'), 'member')

union all
-- searcher_owns: app_searcher reads every tenant's words, so its functions must name the tenant themselves.
select 'searcher_owns', 'error', f.name,
  'it runs as app_searcher, which sees every tenant''s words',
  'only app.found_ids and app.knowledge_words, which name the tenant themselves, run as app_searcher'
from functions f
where f.proowner = 'app_searcher'::regrole
  and f.oid not in ('app.found_ids(text, text)'::regprocedure, 'app.knowledge_words(uuid[], bigint, text, text[], integer, tsvector[])'::regprocedure)

union all
-- schema_open: with a table of its own in front of ours, a role could be asked instead of us.
select 'schema_open', 'error', format('%s in %s', r.rolname, n.nspname),
  'the role can make tables and functions there',
  format('revoke create on schema %I from public, %I', n.nspname, r.rolname)
from pg_namespace n
cross join pg_roles r
where n.nspname in ('public', 'app', 'river', 'extensions')
  and r.rolname in ('anon', 'authenticated', 'voxanne_login', 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher')
  and has_schema_privilege(r.oid, n.oid, 'create');
