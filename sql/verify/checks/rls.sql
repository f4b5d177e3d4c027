-- Every finding of the catalogue is one statement, because the views it shares cannot be made in a read-only transaction.
insert into pg_temp.findings
with tenant_tables as ( -- one has org_id; organizations is its own
  select c.oid, c.relname
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and (c.relname = 'organizations' or exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped))
),
policies as (
  select p.*, p.polrelid::regclass::text as on_table, coalesce(r.rolname, 'public') as role,
    coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') as sees,
    coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid), 'true') as writes
  from pg_policy p
  cross join unnest(p.polroles) m (role_id)
  left join pg_roles r on r.oid = m.role_id
  where p.polpermissive
),
-- What extensions brought into public, such as the views of pg_stat_statements, holds nothing of clinics and is as the extension made it.
brought as (
  select d.objid from pg_depend d where d.classid = 'pg_class'::regclass and d.deptype = 'e'
)
-- Tables and policies.
select 'rls_disabled', 'error', c.oid::regclass::text,
  'row security is off: every tenant sees every row',
  'select app.protect_table(''' || c.oid::regclass || ''')'
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'goose\_%' and not c.relrowsecurity

union all
select 'rls_not_forced', 'error', c.oid::regclass::text,
  'row security does not bind the table''s owner',
  'alter table ' || c.oid::regclass || ' force row level security'
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'goose\_%' and not c.relforcerowsecurity

union all
select 'no_policy', 'error', t.oid::regclass::text,
  'no policy lets a tenant see its rows',
  'select app.protect_table(''' || t.oid::regclass || ''')'
from tenant_tables t
where not exists (select from policies p where p.polrelid = t.oid and p.role in ('tenant_user', 'tenant_service'))

union all
select 'policy_without_tenant', 'error', p.on_table || ': ' || p.polname || ' for ' || p.role,
  'the policy shows or takes rows of other tenants',
  'every policy of a tenant table names app.current_org_id(); drop it, then select app.protect_table(''' || p.on_table || ''')'
from policies p
join tenant_tables t on t.oid = p.polrelid
where p.role not in ('service_role', 'app_definer', 'app_searcher')
  and (p.sees not like '%app.current_org_id()%' or p.writes not like '%app.current_org_id()%'
    or p.sees ~* '\mor\M' or p.writes ~* '\mor\M')

union all
-- policy_not_wrapped: inside a select of its own it is read once a statement.
select 'policy_not_wrapped', 'warning', p.on_table || ': ' || p.polname,
  'the tenant is looked up for every row, not once a statement',
  'write (select app.current_org_id()): drop the policy, then select app.protect_table(''' || p.on_table || ''')'
from policies p
where regexp_replace(p.sees || p.writes, '\( SELECT (app|auth)\.\w+\(\)', '', 'g') ~ '(app\.current_org_id|app\.current_user_id|auth\.jwt|auth\.uid)\(\)'

union all
select 'policy_crosses_patients', 'error', p.on_table || ': ' || p.polname,
  'app_definer crosses tenants on a table it must not',
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
  'app_searcher reads or writes more than it may',
  'app_searcher reads what sql/0125_policy_searching.sql says and writes nothing: drop the policy'
from policies p
where p.role = 'app_searcher'
  and (p.polcmd <> 'r' or p.polrelid not in ('public.contacts'::regclass, 'public.patients'::regclass, 'public.call_logs'::regclass,
    'public.messages'::regclass, 'public.knowledge_chunks'::regclass))

union all
select 'policy_trusts_user_metadata', 'error', p.on_table || ': ' || p.polname,
  'people write user_metadata themselves: anyone may name any tenant',
  'people write user_metadata themselves: use app.current_org_id()'
from policies p
where p.sees like '%user_metadata%' or p.writes like '%user_metadata%'

union all
select 'view_as_owner', 'error', c.oid::regclass::text,
  'the view reads with its owner''s rights, past row security',
  'alter view ' || c.oid::regclass || ' set (security_invoker = true); materialised views have no row security'
from pg_class c
where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)
  and (c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on'])
  and c.oid not in (select b.objid from brought b)

union all
-- Rights.
select 'open_to_browsers', 'error', r.rolname || ' on ' || c.oid::regclass,
  'every browser on Supabase holds this role',
  'revoke all on ' || c.oid::regclass || ' from public, ' || r.rolname
from pg_roles r, pg_class c
where r.rolname in ('anon', 'authenticated')
  and c.relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'river'::regnamespace)
  and c.oid not in (select b.objid from brought b)
  and case when c.relkind = 'S' then has_sequence_privilege(r.oid, c.oid, 'usage, select, update')
    when c.relkind in ('r', 'p', 'v', 'm', 'f') then
      has_table_privilege(r.oid, c.oid, 'select, insert, update, delete, truncate, references, trigger')
      or has_any_column_privilege(r.oid, c.oid, 'select, insert, update, references')
    else false end

union all
select 'tenant_writes_table', 'error', r.rolname || ' on ' || t.oid::regclass,
  'a request can write rows past the functions and their rules',
  'revoke insert, update, delete, truncate on ' || t.oid::regclass || ' from ' || r.rolname || '; rows are written by functions'
from pg_roles r, tenant_tables t
where r.rolname in ('tenant_user', 'tenant_service', 'voxanne_login')
  and (has_table_privilege(r.oid, t.oid, 'insert, update, delete, truncate') or has_any_column_privilege(r.oid, t.oid, 'insert, update'))

union all
select 'definer_reaches_patients', 'error', c.oid::regclass::text,
  'a function that crosses tenants could read or write patients',
  'revoke all on ' || c.oid::regclass || ' from app_definer'
from pg_class c
where c.oid in ('public.patients'::regclass, 'public.appointments'::regclass, 'public.messages'::regclass, 'public.call_logs'::regclass)
  and (has_table_privilege('app_definer', c.oid, 'select, insert, update, delete, truncate') or has_any_column_privilege('app_definer', c.oid, 'select, insert, update'))

union all
select 'searcher_writes', 'error', c.oid::regclass::text,
  'app_searcher has no policy to hold it, and may write',
  'revoke insert, update, delete, truncate on ' || c.oid::regclass || ' from app_searcher'
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and (has_table_privilege('app_searcher', c.oid, 'insert, update, delete, truncate') or has_any_column_privilege('app_searcher', c.oid, 'insert, update'))

union all
select 'audit_trail_rewritable', 'error', r || ' on ' || c.oid::regclass,
  'the trail of messages or of the audit log can be rewritten',
  'revoke delete on public.messages, public.audit_log and update on public.audit_log from ' || r
from unnest(array['app_writer', 'app_definer', 'app_searcher']) r, pg_class c
where c.oid in ('public.messages'::regclass, 'public.audit_log'::regclass)
  and (has_table_privilege(r, c.oid, 'delete, truncate') or c.relname = 'audit_log' and has_any_column_privilege(r, c.oid, 'update'))

union all
select 'role_passes_rls', 'error', r.rolname,
  'row security does not bind this role',
  'alter role ' || r.rolname || ' nosuperuser nobypassrls'
from pg_roles r
where r.rolname in ('voxanne_login', 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher', 'anon', 'authenticated') and (r.rolsuper or r.rolbypassrls)

union all
select 'role_becomes_another', 'error', r.rolname || ' is a member of ' || g.rolname,
  'the role can take on rights that are not its own',
  'revoke ' || g.rolname || ' from ' || r.rolname
from pg_roles r, pg_roles g
where r.rolname in ('voxanne_login', 'tenant_user', 'tenant_service', 'anon', 'authenticated') and r.oid <> g.oid and not r.rolsuper
  and pg_has_role(r.oid, g.oid, 'member') and not (r.rolname = 'voxanne_login' and g.rolname in ('tenant_user', 'tenant_service'))

union all
-- Foreign keys that let a row point into another tenant.
select 'foreign_key_without_tenant', 'error', f.conrelid::regclass || ': ' || f.conname,
  'a row can point into another tenant',
  'the key begins with org_id on both sides'
from pg_constraint f
join tenant_tables child on child.oid = f.conrelid
join tenant_tables parent on parent.oid = f.confrelid and parent.relname <> 'organizations'
where f.contype = 'f'
  and not exists (
    select from generate_subscripts(f.conkey, 1) n
    join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[n] and a.attname = 'org_id'
    join pg_attribute b on b.attrelid = f.confrelid and b.attnum = f.confkey[n] and b.attname = 'org_id')

union all
select distinct 'foreign_key_not_enforced', 'error', f.conrelid::regclass || ': ' || f.conname,
  'the key is not validated, or its triggers are off',
  'alter table ' || f.conrelid::regclass || ' enable trigger all; validate constraint ' || f.conname
from pg_constraint f
join tenant_tables child on child.oid = f.conrelid
left join pg_trigger g on g.tgconstraint = f.oid and g.tgenabled in ('D', 'R')
where f.contype = 'f' and (not f.convalidated or g.oid is not null);

-- The rows themselves: what a reference names must lie in the row's own tenant.
do $$
declare
  v_tenant_tables constant oid[] := array(
    select c.oid
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and (c.relname = 'organizations' or exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped)));
  v_reference record;
  v_rows bigint;
begin
  for v_reference in
    select f.conrelid::regclass as child, f.confrelid::regclass as parent, a.attname as child_column, b.attname as parent_column
    from pg_constraint f
    cross join generate_subscripts(f.conkey, 1) n
    join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[n]
    join pg_attribute b on b.attrelid = f.confrelid and b.attnum = f.confkey[n]
    where f.contype = 'f' and a.attname <> 'org_id' and f.conrelid = any (v_tenant_tables) and f.confrelid = any (v_tenant_tables)
    union
    -- References without a key of their own: traces that outlive what they name.
    select t::regclass, to_regclass('public.' || m.parent), a.attname, 'id'
    from unnest(v_tenant_tables) t
    join pg_attribute a on a.attrelid = t and a.atttypid = 'uuid'::regtype and not a.attisdropped
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
      insert into pg_temp.findings values ('row_in_another_tenant', 'error',
        format('%s of %s', v_reference.child_column, v_reference.child),
        format('it points into another tenant in %s rows', v_rows),
        'find out who wrote them and whose they are before changing anything');
    end if;
  end loop;
end
$$;
