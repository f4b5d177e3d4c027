-- Is every tenant still shut off from every other? For DBAs, on a live database; changes nothing:
--
--   psql -X "$ADMIN_DATABASE_URL" -f sql/verify/rls.sql
--
-- One row per finding: name, level, detail, remediation. No rows and exit status 0: nothing was found. Exit status 3:
-- something was found, or the connecting role cannot see every row and so could not have found it.
\set QUIET on
\set ON_ERROR_STOP on
\pset footer off
begin;
set local row_security = off; -- a hidden row becomes an error instead of an all-clear
set local search_path = pg_catalog, pg_temp;
set local client_min_messages = warning;

do $$
declare
  v_unseen text;
begin
  if to_regclass('public.organizations') is null then
    raise exception 'this is no migrated Voxanne database: there is no table public.organizations';
  end if;
  select string_agg(c.oid::regclass::text, ', ' order by c.relname) into v_unseen
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and (row_security_active(c.oid) or not has_table_privilege(c.oid, 'select'));
  if v_unseen is not null then
    raise exception 'role % does not see every row of: %', current_user, v_unseen
      using errcode = '42501', hint = 'Connect as a superuser or as the migrating role with BYPASSRLS (ADMIN_DATABASE_URL).';
  end if;
end
$$;

-- A tenant table has org_id; organizations is its own.
create temp view tenant_tables as
select c.oid, c.relname
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and (c.relname = 'organizations' or exists (
    select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped));

create temp view policies as
select p.*, p.polrelid::regclass::text as on_table, coalesce(r.rolname, 'public') as role,
  coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') as sees,
  coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid), 'true') as writes
from pg_policy p
cross join unnest(p.polroles) m (role_id)
left join pg_roles r on r.oid = m.role_id
where p.polpermissive;

create temp table findings (name text, level text, detail text, remediation text);

-- Tables and policies.
insert into findings
select 'rls_disabled', 'error', c.oid::regclass::text, 'select app.protect_table(''' || c.oid::regclass || ''')'
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'goose\_%' and not c.relrowsecurity
union all
select 'rls_not_forced', 'error', c.oid::regclass::text, 'alter table ' || c.oid::regclass || ' force row level security'
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'goose\_%' and not c.relforcerowsecurity
union all
select 'no_policy', 'error', t.oid::regclass::text, 'select app.protect_table(''' || t.oid::regclass || ''')'
from tenant_tables t
where not exists (select from policies p where p.polrelid = t.oid and p.role in ('tenant_user', 'tenant_service'))
union all
select 'policy_without_tenant', 'error', p.on_table || ': ' || p.polname || ' for ' || p.role,
  'every policy of a tenant table names app.current_org_id(); drop it, then select app.protect_table(''' || p.on_table || ''')'
from policies p
join tenant_tables t on t.oid = p.polrelid
where p.role not in ('service_role', 'app_definer', 'app_searcher')
  and (p.sees not like '%app.current_org_id()%' or p.writes not like '%app.current_org_id()%'
    or p.sees ~* '\mor\M' or p.writes ~* '\mor\M')
union all
select 'policy_crosses_patients', 'error', p.on_table || ': ' || p.polname,
  'app_definer crosses tenants only where sql/0120_policy_crossing_tables.sql says so: drop the policy'
from policies p
where p.role = 'app_definer'
  and p.polrelid not in ('public.organizations'::regclass, 'public.profiles'::regclass, 'public.invitations'::regclass,
    'public.assistant_routes'::regclass, 'public.phone_numbers'::regclass, 'public.events'::regclass,
    'public.webhook_deliveries'::regclass, 'public.idempotency_keys'::regclass, 'public.provisioning'::regclass,
    'public.provisioning_steps'::regclass, 'public.vapi_tools'::regclass, 'public.org_credentials'::regclass,
    'public.vapi_pace'::regclass, 'public.event_tickets'::regclass, 'public.event_sweeps'::regclass, 'public.agents'::regclass, 'public.agent_tools'::regclass,
    'public.recording_shares'::regclass, 'public.recordings'::regclass, 'public.outbound_calls'::regclass, 'public.outbound_shares'::regclass,
    'public.web_tests'::regclass, 'public.oauth_states'::regclass, 'public.calendar_links'::regclass, 'public.calendar_events'::regclass,
    'public.calendar_feeds'::regclass, 'public.calendar_pace'::regclass)
union all
select 'policy_lets_search', 'error', p.on_table || ': ' || p.polname,
  'app_searcher reads what sql/0125_policy_searching.sql says and writes nothing: drop the policy'
from policies p
where p.role = 'app_searcher'
  and (p.polcmd <> 'r' or p.polrelid not in ('public.contacts'::regclass, 'public.patients'::regclass, 'public.call_logs'::regclass,
    'public.messages'::regclass, 'public.knowledge_chunks'::regclass))
union all
select 'policy_trusts_user_metadata', 'error', p.on_table || ': ' || p.polname, 'people write user_metadata themselves: use app.current_org_id()'
from policies p
where p.sees like '%user_metadata%' or p.writes like '%user_metadata%'
union all
select 'view_as_owner', 'error', c.oid::regclass::text, 'alter view ' || c.oid::regclass || ' set (security_invoker = true); materialised views have no row security'
from pg_class c
where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)
  and (c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on']);

-- Rights.
insert into findings
select 'open_to_browsers', 'error', r.rolname || ' on ' || c.oid::regclass, 'revoke all on ' || c.oid::regclass || ' from public, ' || r.rolname
from pg_roles r, pg_class c
where r.rolname in ('anon', 'authenticated')
  and c.relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'river'::regnamespace)
  and case when c.relkind = 'S' then has_sequence_privilege(r.oid, c.oid, 'usage, select, update')
    when c.relkind in ('r', 'p', 'v', 'm', 'f') then
      has_table_privilege(r.oid, c.oid, 'select, insert, update, delete, truncate, references, trigger')
      or has_any_column_privilege(r.oid, c.oid, 'select, insert, update, references')
    else false end
union all
select 'open_to_browsers', 'error', r.rolname || ' on function ' || p.oid::regprocedure, 'revoke all on function ' || p.oid::regprocedure || ' from public, ' || r.rolname
from pg_roles r, pg_proc p
where r.rolname in ('anon', 'authenticated') and p.pronamespace = 'app'::regnamespace and has_function_privilege(r.oid, p.oid, 'execute')
union all
select 'tenant_writes_table', 'error', r.rolname || ' on ' || t.oid::regclass, 'revoke insert, update, delete, truncate on ' || t.oid::regclass || ' from ' || r.rolname || '; rows are written by functions'
from pg_roles r, tenant_tables t
where r.rolname in ('tenant_user', 'tenant_service', 'voxanne_login')
  and (has_table_privilege(r.oid, t.oid, 'insert, update, delete, truncate') or has_any_column_privilege(r.oid, t.oid, 'insert, update'))
union all
select 'definer_reaches_patients', 'error', c.oid::regclass::text, 'revoke all on ' || c.oid::regclass || ' from app_definer'
from pg_class c
where c.oid in ('public.patients'::regclass, 'public.appointments'::regclass, 'public.messages'::regclass, 'public.call_logs'::regclass)
  and (has_table_privilege('app_definer', c.oid, 'select, insert, update, delete, truncate') or has_any_column_privilege('app_definer', c.oid, 'select, insert, update'))
union all
select 'searcher_writes', 'error', c.oid::regclass::text, 'revoke insert, update, delete, truncate on ' || c.oid::regclass || ' from app_searcher'
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and (has_table_privilege('app_searcher', c.oid, 'insert, update, delete, truncate') or has_any_column_privilege('app_searcher', c.oid, 'insert, update'))
union all
select 'searcher_owns', 'error', p.oid::regprocedure::text, 'only app.found_ids and app.knowledge_words, which name the tenant themselves, run as app_searcher'
from pg_proc p
where p.proowner = 'app_searcher'::regrole
  and p.oid not in ('app.found_ids(text, text)'::regprocedure, 'app.knowledge_words(uuid[], bigint, text, text[], integer, tsvector[])'::regprocedure)
union all
select 'audit_trail_rewritable', 'error', r || ' on ' || c.oid::regclass, 'revoke delete on public.messages, public.audit_log and update on public.audit_log from ' || r
from unnest(array['app_writer', 'app_definer', 'app_searcher']) r, pg_class c
where c.oid in ('public.messages'::regclass, 'public.audit_log'::regclass)
  and (has_table_privilege(r, c.oid, 'delete, truncate') or c.relname = 'audit_log' and has_any_column_privilege(r, c.oid, 'update'))
union all
select 'role_passes_rls', 'error', r.rolname, 'alter role ' || r.rolname || ' nosuperuser nobypassrls'
from pg_roles r
where r.rolname in ('voxanne_login', 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher', 'anon', 'authenticated') and (r.rolsuper or r.rolbypassrls)
union all
select 'role_becomes_another', 'error', r.rolname || ' is a member of ' || g.rolname, 'revoke ' || g.rolname || ' from ' || r.rolname
from pg_roles r, pg_roles g
where r.rolname in ('voxanne_login', 'tenant_user', 'tenant_service', 'anon', 'authenticated') and r.oid <> g.oid and not r.rolsuper
  and pg_has_role(r.oid, g.oid, 'member') and not (r.rolname = 'voxanne_login' and g.rolname in ('tenant_user', 'tenant_service'));

-- Functions that run as their owner.
insert into findings
select 'definer_owner', 'error', p.oid::regprocedure || ' belongs to ' || p.proowner::regrole, 'alter function ' || p.oid::regprocedure || ' owner to app_writer'
from pg_proc p
where p.pronamespace in ('app'::regnamespace, 'public'::regnamespace) and p.prosecdef and p.proowner::regrole::text not in ('app_writer', 'app_definer', 'app_searcher')
union all
select 'definer_search_path', 'error', p.oid::regprocedure::text, 'alter function ' || p.oid::regprocedure || ' set search_path = '''''
from pg_proc p
where p.pronamespace in ('app'::regnamespace, 'public'::regnamespace) and p.prosecdef and not coalesce(p.proconfig, '{}') @> array['search_path=""']
union all
select 'function_open_to_public', 'error', p.oid::regprocedure::text, 'revoke all on function ' || p.oid::regprocedure || ' from public'
from pg_proc p
where p.pronamespace = 'app'::regnamespace
  and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x where x.grantee = 0 and x.privilege_type = 'EXECUTE');

-- Foreign keys that let a row point into another tenant.
insert into findings
select 'foreign_key_without_tenant', 'error', f.conrelid::regclass || ': ' || f.conname, 'the key begins with org_id on both sides'
from pg_constraint f
join tenant_tables child on child.oid = f.conrelid
join tenant_tables parent on parent.oid = f.confrelid and parent.relname <> 'organizations'
where f.contype = 'f'
  and not exists (
    select from generate_subscripts(f.conkey, 1) n
    join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[n] and a.attname = 'org_id'
    join pg_attribute b on b.attrelid = f.confrelid and b.attnum = f.confkey[n] and b.attname = 'org_id')
union all
select distinct 'foreign_key_not_enforced', 'error', f.conrelid::regclass || ': ' || f.conname, 'alter table ' || f.conrelid::regclass || ' enable trigger all; validate constraint ' || f.conname
from pg_constraint f
join tenant_tables child on child.oid = f.conrelid
left join pg_trigger g on g.tgconstraint = f.oid and g.tgenabled in ('D', 'R')
where f.contype = 'f' and (not f.convalidated or g.oid is not null);

-- The rows themselves: what a reference names must lie in the row's own tenant.
do $$
declare
  v_reference record;
  v_rows bigint;
begin
  for v_reference in
    select f.conrelid::regclass as child, f.confrelid::regclass as parent, a.attname as child_column, b.attname as parent_column
    from pg_constraint f
    join tenant_tables t on t.oid = f.conrelid
    join tenant_tables u on u.oid = f.confrelid
    cross join generate_subscripts(f.conkey, 1) n
    join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[n]
    join pg_attribute b on b.attrelid = f.confrelid and b.attnum = f.confkey[n]
    where f.contype = 'f' and a.attname <> 'org_id'
    union
    -- References without a key of their own: traces that outlive what they name.
    select t.oid::regclass, to_regclass('public.' || m.parent), a.attname, 'id'
    from tenant_tables t
    join pg_attribute a on a.attrelid = t.oid and a.atttypid = 'uuid'::regtype and not a.attisdropped
    join (values ('appointment_id', 'appointments'), ('call_id', 'call_logs'), ('contact_id', 'contacts'), ('patient_id', 'patients'),
      ('service_id', 'services'), ('resource_id', 'resources'), ('location_id', 'locations'), ('agent_id', 'agents')) m (suffix, parent)
      on a.attname like '%' || m.suffix
  loop
    -- A trace may name what is gone, never what is another tenant's. organizations is its own tenant.
    execute format('select count(*) from %1$s c join %2$s p on p.%4$I = c.%3$I where p.%5$I <> c.%6$I',
      v_reference.child, v_reference.parent, v_reference.child_column, v_reference.parent_column,
      case when v_reference.parent = 'public.organizations'::regclass then 'id' else 'org_id' end,
      case when v_reference.child = 'public.organizations'::regclass then 'id' else 'org_id' end)
    into v_rows;
    if v_rows > 0 then
      insert into findings values ('row_in_another_tenant', 'error',
        format('%s of %s points into another tenant in %s rows', v_reference.child_column, v_reference.child, v_rows),
        'find out who wrote them and whose they are before changing anything');
    end if;
  end loop;
end
$$;

select name, level, detail, remediation from findings order by level, name, detail;

do $$
begin
  if exists (select from findings) then
    raise exception 'tenants are not shut off from each other: % findings', (select count(*) from findings);
  end if;
end
$$;
rollback;
