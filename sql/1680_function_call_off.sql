create or replace function app.call_off(p_id uuid, p_reason text)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform from public.outbound_calls c
  where c.org_id = app.require_org_id() and c.id = p_id and c.state = 'waiting'
  for no key update;
  if found then
    perform app.close_outbound_call(p_id, 'cancelled', p_reason);
  end if;
  return found;
end
$$;

comment on function app.call_off(uuid, text) is
  'Takes a call back that still waits, because of something that happened: opted_out, visit_moved, visit_over, replied, booked, stopped. Whether it did: one that a dialer has in hand is judged anew there.';

select app.seal('app.call_off(uuid, text)', null, 'app_writer');
