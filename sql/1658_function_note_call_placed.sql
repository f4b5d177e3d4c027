-- The first webhook may be faster than Vapi's answer, and its last one, too. Whoever writes the call's end holds the call's
-- lock; taking it first, we either see the end or come before it.
create or replace function app.note_call_placed(p_id uuid, p_lease_id uuid, p_vapi_call_id text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.outbound_calls;
  v_line app.outbound_line;
  v_call_id uuid;
  v_now timestamptz;
begin
  select * into v_call from public.outbound_calls c where c.org_id = v_org_id and c.id = p_id;
  if v_call.id is null or v_call.state <> 'placing' or v_call.lease_id <> p_lease_id then
    return v_call.vapi_call_id is not distinct from p_vapi_call_id and v_call.id is not null;
  end if;
  select l.id into v_call_id from public.call_logs l where l.org_id = v_org_id and l.vapi_call_id = p_vapi_call_id;
  perform app.lock_call(v_call_id);
  v_line := app.outbound_line(v_call.agent_id);
  v_call_id := app.ensure_call(p_vapi_call_id, 'outbound', v_line.agent_id, v_line.location_id, v_call.to_number, (
    select n.number from public.phone_numbers n where n.org_id = v_org_id and n.id = v_call.phone_number_id));
  perform app.lock_call(v_call_id);

  -- Before the queue's row: a merge and an erasure hold the contact, and want that row then.
  perform from public.contacts k where k.org_id = v_org_id and k.id = v_call.contact_id for key share;
  v_now := app.now();
  update public.outbound_calls c
  set state = 'under_way', reason = null, lease_id = null, vapi_call_id = p_vapi_call_id, call_id = v_call_id, placed_at = v_now,
    attempt = c.attempt + 1, tries = 0, look_at = v_now + v_line.longest + interval '2 minutes',
    ends_by = v_now + v_line.longest + interval '2 hours', updated_at = v_now
  where c.org_id = v_org_id and c.id = p_id and c.state = 'placing' and c.lease_id = p_lease_id;
  if not found then
    return false; -- another settled it meanwhile
  end if;
  -- A webhook that came first may have known neither. The contact is read anew: it may have been merged into another meanwhile.
  update public.call_logs l
  set contact_id = coalesce(l.contact_id, c.contact_id), from_number = coalesce(l.from_number, n.number), updated_at = v_now
  from public.outbound_calls c
  left join public.phone_numbers n on n.org_id = c.org_id and n.id = c.phone_number_id
  where l.org_id = v_org_id and l.id = v_call_id and (l.contact_id is null or l.from_number is null)
    and c.org_id = v_org_id and c.id = p_id;
  perform app.announce('outbound_call_updated', 'outbound_call', p_id);
  if exists (select from public.call_logs l where l.org_id = v_org_id and l.id = v_call_id and l.status = 'ended') then
    perform app.conclude_outbound_call(v_call_id);
  end if;
  return true;
end
$$;

comment on function app.note_call_placed(uuid, uuid, text) is
  'Vapi makes the call: it is under way as p_vapi_call_id, with its row among the calls, outbound and of its contact. Where a webhook came first, that row is taken; where the call has ended already, it is concluded. Returns whether it stands now as that call; false when the lease was lost to another.';

select app.seal('app.note_call_placed(uuid, uuid, text)', 'app_writer', 'tenant_service');
