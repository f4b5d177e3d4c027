-- SECURITY INVOKER on purpose: the role cannot be changed inside a definer function. The login role calls it as the
-- first statement of a webhook's transaction.
create or replace function app.open_call(
  p_vapi_call_id text,
  p_direction text,
  p_assistant_id text,
  p_phone_number_id text,
  p_number text,
  p_caller text
)
returns setof app.call_context
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_route app.tenant_route;
  v_context app.call_context;
begin
  perform app.limit_waits();
  perform set_config('request.jwt.claims', '', true);
  perform set_config('role', 'tenant_service', true);
  select * into v_route from app.resolve_tenant(p_assistant_id, p_phone_number_id, p_number);
  v_context.outcome := v_route.outcome;
  if v_route.outcome <> 'found' then
    return next v_context;
    return;
  end if;

  perform set_config('request.jwt.claims',
    jsonb_build_object('app_metadata', jsonb_build_object('org_id', v_route.org_id))::text, true);
  v_context.org_id := v_route.org_id;
  v_context.call_id := app.ensure_call(
    p_vapi_call_id, p_direction, v_route.agent_id, v_route.location_id, p_caller, p_number);
  v_context.now := app.now();

  select c.agent_id, l.id, o.name, o.country, coalesce(a.language, 'en-US'), l.time_zone, o.emergency_sentence
  into v_context.agent_id, v_context.location_id, v_context.clinic_name, v_context.country, v_context.language,
    v_context.time_zone, v_context.emergency_sentence
  from public.call_logs c
  join public.organizations o on o.id = c.org_id
  join public.locations l on l.org_id = c.org_id and l.id = c.location_id
  left join public.agents a on a.org_id = c.org_id and a.id = c.agent_id
  where c.org_id = v_route.org_id and c.id = v_context.call_id;

  select coalesce(array_agg(h.weekday::integer), '{}'),
    coalesce(array_agg((extract(epoch from h.opens) / 60)::integer), '{}'),
    coalesce(array_agg((extract(epoch from h.closes) / 60)::integer), '{}')
  into v_context.weekdays, v_context.opens_minutes, v_context.closes_minutes
  from (
    select distinct b.weekday, b.opens, b.closes
    from public.business_hours b
    where b.org_id = v_route.org_id and b.location_id = v_context.location_id
  ) h;
  return next v_context;
end
$$;

comment on function app.open_call(text, text, text, text, text, text) is
  'First statement of a webhook''s transaction: finds the tenant of the envelope, acts as tenant_service of it from then on, and makes sure the call has its row. p_direction: inbound, outbound or web; p_caller E.164 or NULL. Where the outcome is not found, nothing is written and no tenant is set.';

select app.seal('app.open_call(text, text, text, text, text, text)', null, 'voxanne_login', 'tenant_service');
