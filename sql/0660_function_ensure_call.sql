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
begin
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
    case when p_direction = 'outbound' then p_number else p_caller end,
    case when p_direction = 'outbound' then p_caller else p_number end)
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
  'The row of a call, made by whichever webhook comes first. p_caller is the other party''s number (E.164, NULL when withheld), p_number the clinic''s.';

select app.seal('app.ensure_call(text, text, uuid, uuid, text, text)', 'app_writer', 'tenant_service');
