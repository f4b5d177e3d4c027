create or replace function app.ensure_call(
  p_vapi_call_id text,
  p_direction text,
  p_agent_id uuid,
  p_location_id uuid,
  p_caller text,
  p_number text
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
  v_from text := case when p_direction = 'outbound' then p_number else p_caller end;
  v_to text := case when p_direction = 'outbound' then p_caller else p_number end;
begin
  -- The first message may lack what a later one carries. Numbers are taken as long as nobody was booked under the call.
  update public.call_logs c
  set agent_id = coalesce(c.agent_id, p_agent_id),
    from_number = case when c.contact_id is null then coalesce(c.from_number, v_from) else c.from_number end,
    to_number = case when c.contact_id is null then coalesce(c.to_number, v_to) else c.to_number end
  where c.org_id = v_org_id
    and c.vapi_call_id = p_vapi_call_id
    and c.deleted_at is null
    and ((c.agent_id is null and p_agent_id is not null)
      or (c.contact_id is null and c.from_number is null and v_from is not null)
      or (c.contact_id is null and c.to_number is null and v_to is not null));
  select c.id into v_id
  from public.call_logs c
  where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;
  if v_id is not null then
    return v_id;
  end if;

  insert into public.call_logs (org_id, vapi_call_id, agent_id, location_id, direction, from_number, to_number)
  values (
    v_org_id, p_vapi_call_id, p_agent_id,
    coalesce(p_location_id, (
      select l.id from public.locations l where l.org_id = v_org_id order by l.created_at, l.id limit 1)),
    p_direction,
    v_from, v_to)
  on conflict (org_id, vapi_call_id) do nothing
  returning id into v_id;
  if v_id is null then
    select c.id into v_id
    from public.call_logs c
    where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;
  else
    perform app.announce('call_update', 'call', v_id);
  end if;
  return v_id;
end
$$;

comment on function app.ensure_call(text, text, uuid, uuid, text, text) is
  'The row of a call, made by whichever webhook comes first and completed by later ones. p_caller is the other party''s number (E.164, NULL when withheld), p_number the clinic''s.';

select app.seal('app.ensure_call(text, text, uuid, uuid, text, text)', 'app_writer', 'tenant_service');
