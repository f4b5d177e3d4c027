-- Every tenant table gets the same shape from one place: a table that forgot a policy would be a leak nobody sees.
create or replace function app.protect_table(p_table regclass, p_org_column text default 'org_id')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_role text;
  v_sequence regclass;
  v_same_org text := format('%I = (select app.current_org_id())', p_org_column);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);

  execute format('revoke all on table %s from public', p_table);
  for v_role in
    select rolname from pg_catalog.pg_roles
    where rolname in ('anon', 'authenticated', 'service_role', 'voxanne_login',
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher')
  loop
    execute format('revoke all on table %s from %I', p_table, v_role);
    -- Identity columns need no right on their sequence; old Supabase projects open it to every browser.
    for v_sequence in
      select d.objid::regclass
      from pg_catalog.pg_depend d
      join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
      where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = d.classid and d.refobjid = p_table
    loop
      execute format('revoke all on sequence %s from %I', v_sequence, v_role);
    end loop;
  end loop;

  execute format('drop policy if exists tenant_reads on %s', p_table);
  execute format('drop policy if exists writer_writes on %s', p_table);
  execute format('drop policy if exists service_role_sees_all on %s', p_table);
  execute format(
    'create policy tenant_reads on %s for select to tenant_user, tenant_service using (%s)', p_table, v_same_org);
  execute format(
    'create policy writer_writes on %s for all to app_writer using (%s) with check (%s)', p_table, v_same_org, v_same_org);
  -- On plain PostgreSQL nobody but a superuser can make a BYPASSRLS role, so service_role sees all by policy.
  execute format(
    'create policy service_role_sees_all on %s for all to service_role using (true) with check (true)', p_table);

  execute format('grant select on table %s to tenant_user, tenant_service', p_table);
  execute format('grant select, insert, update, delete on table %s to app_writer, service_role', p_table);
end
$$;

comment on function app.protect_table(regclass, text) is
  'Gives a tenant table its row security: tenants read their own rows, only app_writer''s functions write, service_role sees all, everyone else has no rights. Reappliable.';

select app.seal('app.protect_table(regclass, text)', null);
