-- Row security is asked itself, as a request asks it: as its roles, under a clinic's claims. Two clinics ask for each
-- other's rows and for their own, which must be there: who sees nothing at all proves nothing.
do $$
declare
  -- The oldest have rows of most kinds; who has left is asked only where there is nobody else.
  v_orgs constant uuid[] := array(select o.id from public.organizations o order by o.deleted_at is not null, o.created_at, o.id limit 2);
  v_role constant text := current_setting('role'); -- a DBA may have taken on the owner's
  v_ask record;
  v_there boolean; -- what the owner sees
  v_seen boolean; -- what the role sees
begin
  if cardinality(v_orgs) < 2 or not pg_has_role('tenant_user', 'member') or not pg_has_role('tenant_service', 'member')
    or not pg_has_role('service_role', 'member') then
    insert into pg_temp.findings
    select 'isolation_untested', 'info', 'row security',
      format('%s is to ask for two clinics'' rows as tenant_user, tenant_service and service_role, and there are %s', current_user, cardinality(v_orgs)),
      'run it again with two clinics, as a superuser or a member of these roles';
    return;
  end if;
  for v_ask in
    -- claims: the clinic that asks; org_id: whose rows it asks for, null: anybody's.
    select c.oid::regclass as table_name, a.attname as org_column, r.role, q.claims, q.org_id
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
      and a.attname = case when c.relname = 'organizations' then 'id' else 'org_id' end
    cross join unnest(array['tenant_user', 'tenant_service', 'service_role']) r (role)
    cross join (values (v_orgs[1], v_orgs[1]), (v_orgs[1], v_orgs[2]), (v_orgs[2], v_orgs[2]), (v_orgs[2], v_orgs[1]), (null, null)) q (claims, org_id)
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and has_column_privilege(r.role, c.oid, a.attnum, 'select')
  loop
    execute format('select exists (select from %s t where $1 is null or t.%I = $1)', v_ask.table_name, v_ask.org_column)
    into v_there using v_ask.org_id;
    continue when not v_there;
    perform set_config('request.jwt.claims',
      case when v_ask.claims is null then '' else jsonb_build_object('app_metadata', jsonb_build_object('org_id', v_ask.claims))::text end, true),
      set_config('row_security', 'on', true), set_config('role', v_ask.role, true);
    execute format('select exists (select from %s t where $1 is null or t.%I = $1)', v_ask.table_name, v_ask.org_column)
    into v_seen using v_ask.org_id;
    perform set_config('role', v_role, true), set_config('row_security', 'off', true), set_config('request.jwt.claims', '', true);

    insert into pg_temp.findings
    -- sees_another_tenant: by whatever policy, view or right.
    select 'sees_another_tenant', 'error', format('%s as %s', v_ask.table_name, v_ask.role),
      format('org %s sees rows of org %s', v_ask.claims, v_ask.org_id),
      'see what rls.sql finds, and look in the log who read the table since'
    where v_seen and v_ask.role <> 'service_role' and v_ask.claims <> v_ask.org_id
    union all
    -- sees_without_claims: whoever forgot to say for whom it asks would read everybody's.
    select 'sees_without_claims', 'error', format('%s as %s', v_ask.table_name, v_ask.role),
      'without a tenant rows are seen',
      'see what rls.sql finds: every policy names app.current_org_id()'
    where v_seen and v_ask.role <> 'service_role' and v_ask.claims is null
    union all
    -- own_rows_hidden: the control, without which the two above would be silent for the wrong reason.
    select 'own_rows_hidden', 'error', format('%s as %s', v_ask.table_name, v_ask.role),
      format('org %s does not see its own rows', v_ask.claims),
      format('select app.protect_table(%L)', v_ask.table_name)
    where not v_seen and v_ask.role <> 'service_role' and v_ask.claims = v_ask.org_id
    union all
    -- service_role_blind: what Supabase's own tools show would be a part.
    select 'service_role_blind', 'error', v_ask.table_name::text,
      'service_role does not see every clinic''s rows',
      format('select app.protect_table(%L)', v_ask.table_name)
    where not v_seen and v_ask.role = 'service_role';
  end loop;
end
$$;
