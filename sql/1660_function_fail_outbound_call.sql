create or replace function app.fail_outbound_call(p_id uuid, p_lease_id uuid, p_reason text, p_final boolean, p_pause_seconds integer)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_counts constant boolean := p_reason in ('refused', 'unreachable');
  v_tries integer;
begin
  if p_reason is null or p_reason not in ('refused', 'unreachable', 'line_busy', 'unauthorized') then
    raise exception 'a call is not made for no reason' using errcode = 'VX400';
  end if;
  select c.tries + 1 into v_tries
  from public.outbound_calls c
  where c.org_id = v_org_id and c.id = p_id and c.state = 'placing' and c.lease_id = p_lease_id
  for no key update;
  if not found then
    return false;
  end if;
  if p_final or (v_counts and v_tries >= 5) then
    perform app.close_outbound_call(p_id, 'given_up', p_reason);
  else
    perform app.put_off_call(p_id, app.now() + make_interval(secs => p_pause_seconds * case when v_counts then 2 ^ (v_tries - 1) else 1 end), p_reason, v_counts::integer);
  end if;
  return true;
end
$$;

comment on function app.fail_outbound_call(uuid, uuid, text, boolean, integer) is
  'Vapi surely made no call: refused (as such; p_final: asking again is useless), unreachable, or, which counts as no try of this call: line_busy (every slot of the account is taken, or it asks too much) and unauthorized (our key is refused). It waits again for p_pause_seconds, doubled with every try; after five in a row it is given up and staff are told. Returns false when the lease was lost to another.';

select app.seal('app.fail_outbound_call(uuid, uuid, text, boolean, integer)', 'app_writer', 'tenant_service');
