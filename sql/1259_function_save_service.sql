create or replace function app.save_service(p_service_id uuid, p_fields jsonb)
returns setof public.services
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := p_service_id;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'name', 'aliases', 'duration_minutes', 'buffer_before_minutes', 'buffer_after_minutes',
    'price_minor', 'currency', 'active', 'keywords', 'price');
  -- What older dashboards call aliases and price_minor; who sends both means the newer one.
  if p_fields ? 'keywords' then
    p_fields := jsonb_build_object('aliases', p_fields -> 'keywords') || (p_fields - 'keywords');
  end if;
  if p_fields ? 'price' then
    p_fields := jsonb_build_object('price_minor', round((p_fields ->> 'price')::numeric * 100)) || (p_fields - 'price');
  end if;
  if v_id is null then
    insert into public.services (org_id, name, duration)
    values (v_org_id, btrim(p_fields ->> 'name'), make_interval(mins => coalesce((p_fields ->> 'duration_minutes')::integer, 30)))
    returning id into v_id;
  end if;
  return query
  update public.services s
  set name = case when p_fields ? 'name' then btrim(p_fields ->> 'name') else s.name end,
    aliases = case when p_fields ? 'aliases' then array(
      select distinct btrim(a) from jsonb_array_elements_text(p_fields -> 'aliases') a where btrim(a) <> '') else s.aliases end,
    duration = app.minutes_or(p_fields, 'duration_minutes', s.duration),
    buffer_before = app.minutes_or(p_fields, 'buffer_before_minutes', s.buffer_before),
    buffer_after = app.minutes_or(p_fields, 'buffer_after_minutes', s.buffer_after),
    price_minor = case when p_fields ? 'price_minor' then (p_fields ->> 'price_minor')::bigint else s.price_minor end,
    currency = case when p_fields ? 'currency' then p_fields ->> 'currency' else s.currency end,
    active = case when p_fields ? 'active' then (p_fields ->> 'active')::boolean else s.active end,
    updated_at = app.now()
  where s.org_id = v_org_id and s.id = v_id
  returning s.*;
  if not found then
    raise exception 'there is no such service' using errcode = 'VX404';
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'service_saved', 'service', v_id, app.current_user_id());
  perform app.announce('service_updated', 'service', v_id);
exception
  when unique_violation then
    raise exception 'another service has this name' using errcode = 'VX409';
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.save_service(uuid, jsonb) is
  'Makes (p_service_id NULL; name is needed) or changes a service and returns it. p_fields may hold name, aliases, duration_minutes (5 to 720; a new service has 30 when it is absent), buffer_before_minutes and buffer_after_minutes (0 to 240; null: the organisation''s), price_minor (null: not told to callers), currency and active; for older dashboards also keywords (aliases) and price (price_minor in hundreds); what is absent stays. Visits already booked keep their length. Owner and admin only (VX403). VX404: no such service; VX409: the name is taken; VX400: an unknown field or a value that it may not have.';

select app.seal('app.save_service(uuid, jsonb)', 'app_writer', 'tenant_user');
