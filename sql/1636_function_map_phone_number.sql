create or replace function app.map_phone_number(p_phone_number_id uuid, p_fields jsonb)
returns setof app.phone_number_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.phone_numbers;
  v_new public.phone_numbers;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'location_id', 'agent_id', 'routing');
  select * into v_old
  from public.phone_numbers n
  where n.org_id = v_org_id and n.id = p_phone_number_id
  for update;
  if v_old.id is null then
    raise exception 'there is no such number' using errcode = 'VX404';
  end if;
  v_new := v_old;
  v_new.location_id := coalesce((p_fields ->> 'location_id')::uuid, v_old.location_id);
  v_new.agent_id := case when p_fields ? 'agent_id' then (p_fields ->> 'agent_id')::uuid else v_old.agent_id end;
  v_new.routing := coalesce(p_fields ->> 'routing', v_old.routing);
  if v_new.routing not in ('dynamic', 'fixed') then
    raise exception 'routing is dynamic or fixed' using errcode = 'VX400';
  elsif not exists (select from public.locations l where l.org_id = v_org_id and l.id = v_new.location_id) then
    raise exception 'there is no such location' using errcode = 'VX404';
  elsif v_new.agent_id is not null and not exists (
    select from public.agents a
    where a.org_id = v_org_id and a.id = v_new.agent_id and a.role = 'inbound' and a.deleted_at is null) then
    raise exception 'there is no such inbound agent' using errcode = 'VX404';
  elsif v_new.routing = 'fixed' and not exists (
    select from public.assistant_routes r
    join public.agents a on a.org_id = r.org_id and a.id = r.agent_id and a.deleted_at is null
    where r.org_id = v_org_id and (a.id = v_new.agent_id or v_new.agent_id is null and a.role = 'inbound' and a.is_default)) then
    raise exception 'the agent has no assistant at Vapi yet: try again in a moment' using errcode = 'VX409';
  end if;
  if (v_new.location_id, v_new.agent_id, v_new.routing) is distinct from (v_old.location_id, v_old.agent_id, v_old.routing) then
    update public.phone_numbers n
    set location_id = v_new.location_id, agent_id = v_new.agent_id, routing = v_new.routing, updated_at = app.now()
    where n.org_id = v_org_id and n.id = v_old.id;
    perform app.reroute_numbers(null, null, v_old.number);
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'number_mapped', 'phone_number', v_old.id, app.current_user_id());
  end if;
  return query select * from app.find_phone_number(v_old.id);
exception
  when data_exception then
    raise exception 'an id is not a UUID' using errcode = 'VX400';
end
$$;

comment on function app.map_phone_number(uuid, jsonb) is
  'Says which location and agent answer a number, and how it is routed; returns it. p_fields may hold location_id, agent_id (null: the default agent) and routing; what is absent stays. A number in use is routed anew at Vapi. Owner and admin only (VX403). VX404: no such number, location or inbound agent; VX400: an unknown field; VX409: fixed routing to an agent without an assistant.';

select app.seal('app.map_phone_number(uuid, jsonb)', 'app_writer', 'tenant_user');
