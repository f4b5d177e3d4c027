create or replace function app.save_location(p_location_id uuid, p_fields jsonb)
returns setof public.locations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.locations;
  v_id uuid := p_location_id;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'name', 'address', 'time_zone', 'phone', 'phone_forwards_here',
    'calendar_stale_after_minutes');
  if v_id is null then
    insert into public.locations (org_id, name, time_zone)
    select o.id, btrim(p_fields ->> 'name'), o.time_zone from public.organizations o where o.id = v_org_id
    returning * into v_old;
    v_id := v_old.id;
  else
    select * into v_old from public.locations l where l.org_id = v_org_id and l.id = v_id for update;
    if v_old.id is null then
      raise exception 'there is no such location' using errcode = 'VX404';
    end if;
  end if;
  if app.is_our_number(btrim(p_fields ->> 'phone')) then
    raise exception 'this number is answered by the receptionist: callers would go round in circles' using errcode = 'VX400';
  end if;

  return query
  update public.locations l
  set name = case when p_fields ? 'name' then btrim(p_fields ->> 'name') else l.name end,
    address = case when p_fields ? 'address' then nullif(btrim(p_fields ->> 'address'), '') else l.address end,
    time_zone = case when p_fields ? 'time_zone' then p_fields ->> 'time_zone' else l.time_zone end,
    phone = case when p_fields ? 'phone' then nullif(btrim(p_fields ->> 'phone'), '') else l.phone end,
    phone_forwards_here = case when p_fields ? 'phone_forwards_here' then (p_fields ->> 'phone_forwards_here')::boolean else l.phone_forwards_here end,
    calendar_stale_after = app.minutes_or(p_fields, 'calendar_stale_after_minutes', l.calendar_stale_after),
    updated_at = app.now()
  where l.org_id = v_org_id and l.id = v_id
  returning l.*;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'location_saved', 'location', v_id, app.current_user_id());
  if p_fields ? 'phone' then
    -- Its numbers ring the own line when we cannot answer.
    perform app.reroute_numbers(v_id, null);
  end if;
  perform app.announce('location_updated', 'location', v_id);
exception
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.save_location(uuid, jsonb) is
  'Makes (p_location_id NULL) or changes a location and returns it. p_fields may hold name, address, time_zone (IANA; a new location has the organisation''s), phone (E.164, not one of ours), phone_forwards_here (that line forwards to us: nobody is put through to it) and calendar_stale_after_minutes; what is absent stays, null clears address and phone. Visits already booked keep their instant when the zone changes. Owner and admin only (VX403). VX404: no such location; VX400: an unknown field or a value that it may not have.';

select app.seal('app.save_location(uuid, jsonb)', 'app_writer', 'tenant_user');
