insert into pg_temp.findings
with ours as (
  select r.*
  from pg_roles r
  where r.rolname in ('voxanne_login', 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher', 'anon', 'authenticated', 'service_role')
),
-- Who logs in and is no DBA: a superuser, who makes roles, and who owns the schema could take every right anyway.
logins as (
  select r.*
  from pg_roles r
  cross join (select n.nspowner as owner from pg_namespace n where n.nspname = 'app') a
  where r.rolcanlogin and not r.rolsuper and not r.rolcreaterole and not pg_has_role(r.oid, a.owner, 'member')
),
owned as (
  select c.relowner as owner, c.oid::regclass::text as name from pg_class c where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'river'::regnamespace)
    and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  union all
  select p.proowner, p.oid::regprocedure::text from pg_proc p where p.pronamespace in ('public'::regnamespace, 'app'::regnamespace, 'river'::regnamespace)
  union all
  select n.nspowner, 'schema ' || n.nspname from pg_namespace n where n.nspname in ('public', 'app', 'river', 'extensions')
)
-- login_passes_rls: voxanne_login is rls.sql's. Supabase's own logins are the platform's.
select 'login_passes_rls', 'warning', l.rolname,
  'whoever has its password reads every clinic',
  format('if it is not for backups: alter role %I nobypassrls', l.rolname)
from logins l
where l.rolbypassrls and l.rolname <> 'voxanne_login' and l.rolname not like 'supabase\_%'
  and has_table_privilege(l.oid, 'public.contacts', 'select, insert, update, delete')

union all
-- login_becomes_ours: it would name its own tenant. authenticator is how Supabase's API becomes service_role.
select 'login_becomes_ours', 'error', format('%s is a member of %s', l.rolname, o.rolname),
  'it can act for any clinic without being asked who it is',
  format('revoke %I from %I', o.rolname, l.rolname)
from logins l
join ours o on o.rolname not in ('anon', 'authenticated') and o.oid <> l.oid and pg_has_role(l.oid, o.oid, 'member')
where l.rolname <> 'voxanne_login' -- which is rls.sql's
  and l.rolname not like 'supabase\_%' and not (l.rolname = 'authenticator' and o.rolname = 'service_role')

union all
-- login_owns: who owns a table switches its row security off, who owns a function writes it anew.
select 'login_owns', 'error', format('%s owns %s', l.rolname, w.name),
  'an owner gives itself every right on it',
  'give it to the owner of schema app: alter … owner to …'
from logins l
join owned w on w.owner = l.oid

union all
-- login_reads_table: it knows a table only as the role that app.begin_request sets, with claims. What an extension brought, such as the
-- views of pg_stat_statements, is the extension's.
select 'login_reads_table', 'error', c.oid::regclass::text,
  'voxanne_login reads or writes it without beginning a request',
  format('revoke all on %s from public, voxanne_login', c.oid::regclass)
from pg_class c
where c.relnamespace in ('public'::regnamespace, to_regnamespace('auth')) and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and (has_table_privilege('voxanne_login', c.oid, 'select, insert, update, delete, truncate, references, trigger')
    or has_any_column_privilege('voxanne_login', c.oid, 'select, insert, update, references'))
  and not exists (
    select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')

union all
-- login_cannot_begin: the other side, without which the rows above would be silent for the wrong reason.
select 'login_cannot_begin', 'error', 'voxanne_login',
  'it lacks ' || x.what || ': no request can begin',
  x.remedy
from (
  values
    ('membership in tenant_user', pg_has_role('voxanne_login', 'tenant_user', 'member'), 'grant tenant_user to voxanne_login'),
    ('membership in tenant_service', pg_has_role('voxanne_login', 'tenant_service', 'member'), 'grant tenant_service to voxanne_login'),
    ('app.begin_request', has_schema_privilege('voxanne_login', 'app', 'usage')
      and has_function_privilege('voxanne_login', 'app.begin_request(text, jsonb)', 'execute'),
      'grant usage on schema app to voxanne_login; grant execute on function app.begin_request(text, jsonb) to voxanne_login')
) x (what, has, remedy)
where not x.has

union all
-- login_inherits: rights of the roles that it may set would be its own before a request begins.
select 'login_inherits', 'error', o.rolname,
  'it has the rights of tenant_user and tenant_service before a request begins',
  'alter role voxanne_login noinherit'
from ours o
where o.rolname = 'voxanne_login' and o.rolinherit

union all
-- role_logs_in: these are taken on, or own functions.
select 'role_logs_in', 'error', o.rolname,
  'nobody should log in as it',
  format('alter role %I nologin password null, and look in the log who did', o.rolname)
from ours o
where o.rolname <> 'voxanne_login' and o.rolcanlogin

union all
-- role_rules_server: replication reads the whole server, past row security; who makes roles makes itself a member of any.
select 'role_rules_server', 'error', o.rolname,
  'it may do what a DBA may: ' || concat_ws(', ', case when o.rolcreaterole then 'make roles' end,
    case when o.rolcreatedb then 'make databases' end, case when o.rolreplication then 'read the server''s log of changes' end),
  format('alter role %I nocreaterole nocreatedb noreplication', o.rolname)
from ours o
where o.rolcreaterole or o.rolcreatedb or o.rolreplication

union all
-- role_hands_on: with the admin option it lets others in.
select distinct 'role_hands_on', 'error', format('%s: %s', o.rolname, m.roleid::regrole),
  'it may make others members of that role',
  format('revoke admin option for %s from %I', m.roleid::regrole, o.rolname)
from pg_auth_members m
join ours o on o.oid = m.member
where m.admin_option;
