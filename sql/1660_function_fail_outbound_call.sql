create or replace function app.fail_outbound_call(p_id uuid, p_lease_id uuid, p_reason text, p_final boolean, p_pause_seconds integer)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_tries integer;
begin
  if p_reason is null or p_reason not in ('refused', 'unreachable', 'line_busy') then
    raise exception 'a call is not made for no reason' using errcode = 'VX400';
  end if;
  select c.tries + 1 into v_tries
  from public.outbound_calls c
  where c.org_id = v_org_id and c.id = p_id and c.state = 'placing' and c.lease_id = p_lease_id
  for no key update;
  if not found then
    return false;
  end if;
  if p_final or (p_reason <> 'line_busy' and v_tries >= 5) then
    perform app.close_outbound_call(p_id, 'given_up', p_reason);
  else
    perform app.put_off_call(p_id, app.now() + make_interval(secs => p_pause_seconds), p_reason, case when p_reason = 'line_busy' then 0 else 1 end);
  end if;
  return true;
end
$$;

comment on function app.fail_outbound_call(uuid, uuid, text, boolean, integer) is
  'Vapi surely made no call: refused (as such; p_final: asking again is useless), unreachable, or line_busy (every slot of the account is taken; this counts as no try). It waits again for p_pause_seconds; after five tries in a row it is given up and staff are told. Returns false when the lease was lost to another.';

select app.seal('app.fail_outbound_call(uuid, uuid, text, boolean, integer)', 'app_writer', 'tenant_service');
