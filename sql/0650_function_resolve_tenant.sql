create or replace function app.resolve_tenant(p_assistant_id text, p_phone_number_id text, p_number text)
returns setof app.tenant_route
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_orgs uuid[];
  v_route app.tenant_route;
begin
  select array_agg(distinct f.org_id)
  into v_orgs
  from (
    select r.org_id from public.assistant_routes r where r.vapi_assistant_id = p_assistant_id
    union all
    select n.org_id from public.phone_numbers n where n.vapi_phone_number_id = p_phone_number_id
    union all
    select n.org_id from public.phone_numbers n where n.number = p_number
  ) f
  join public.organizations o on o.id = f.org_id and o.deleted_at is null;

  v_route.outcome := case coalesce(cardinality(v_orgs), 0) when 0 then 'unknown' when 1 then 'found' else 'conflict' end;
  if v_route.outcome = 'found' then
    v_route.org_id := v_orgs[1];
    -- Each may be missing: an assistant called from the web has no number, a number may have no assistant.
    select coalesce(r.agent_id, n.agent_id), n.location_id into v_route.agent_id, v_route.location_id
    from (values (v_route.org_id)) o (id)
    left join public.assistant_routes r on r.org_id = o.id and r.vapi_assistant_id = p_assistant_id
    left join public.phone_numbers n
      on n.org_id = o.id and (n.vapi_phone_number_id = p_phone_number_id or n.number = p_number)
    order by n.number = p_number desc nulls last
    limit 1;
  end if;
  return next v_route;
end
$$;

comment on function app.resolve_tenant(text, text, text) is
  'Whose call an envelope belongs to, by assistant id, phone number id and number; any may be NULL, those we do not know are no help and no harm. Two tenants named in one envelope are a conflict, and nobody''s call.';

select app.seal('app.resolve_tenant(text, text, text)', 'app_definer', 'tenant_service');
