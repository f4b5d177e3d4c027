-- A second call to a patient who was called is worse than none: only what surely was not made is made again, once.
create or replace function app.settle_outbound_call(p_id uuid, p_lease_id uuid, p_vapi_call_id text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_call public.outbound_calls;
begin
  if p_vapi_call_id is not null then
    perform app.note_call_placed(p_id, p_lease_id, p_vapi_call_id);
  else
    select * into v_call
    from public.outbound_calls c
    where c.org_id = v_org_id and c.id = p_id and c.state = 'placing' and c.lease_id = p_lease_id and c.handed_over_at is not null
    for no key update;
    v_now := app.now();
    if v_call.handed_over_at > v_now - interval '2 minutes' then
      update public.outbound_calls c
      set look_at = c.handed_over_at + interval '2 minutes', updated_at = v_now
      where c.org_id = v_org_id and c.id = p_id;
    elsif v_call.lost then
      perform app.close_outbound_call(p_id, 'given_up', 'lost');
    elsif v_call.id is not null then
      update public.outbound_calls c set lost = true where c.org_id = v_org_id and c.id = p_id;
      perform app.put_off_call(p_id, v_now, 'lost', 0);
    end if;
  end if;
  return (select c.state from public.outbound_calls c where c.org_id = v_org_id and c.id = p_id);
end
$$;

comment on function app.settle_outbound_call(uuid, uuid, text) is
  'What Vapi knows of a call that was handed over without an answer: p_vapi_call_id is the call that has its name, which is under way from now on; NULL: there is none. Then, two minutes after it was handed over at the earliest, it waits again, once; a second time it is given up as lost. Returns the state; another''s lease changes nothing.';

select app.seal('app.settle_outbound_call(uuid, uuid, text)', 'app_writer', 'tenant_service');
