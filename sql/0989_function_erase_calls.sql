create or replace function app.erase_calls(p_contact_id uuid, p_phone text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[erased]'
  where m.org_id = v_org_id and m.contact_id = p_contact_id;
  perform app.blank_calls(array(
    select c.id from public.call_logs c
    where c.org_id = v_org_id
      and (c.contact_id = p_contact_id or (c.contact_id is null and p_phone in (c.from_number, c.to_number)))));
  -- One that is being dialled this moment keeps its number until it is over: see app.close_outbound_call.
  update public.outbound_calls c
  set state = 'cancelled', reason = 'erased', ended_at = v_now, look_at = null, to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.state = 'waiting' and (c.contact_id = p_contact_id or c.contact_id is null and c.to_number = p_phone);
  update public.outbound_calls c
  set to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.state <> 'placing' and c.to_number is not null
    and (c.contact_id = p_contact_id or c.contact_id is null and c.to_number = p_phone);
end
$$;

comment on function app.erase_calls(uuid, text) is
  'The part of app.erase_contact about calls: the person''s number, transcript, summary and messages left are blanked, also of calls of the number that no contact was made for; calls that were to be made, tests of the number too, are cancelled. Times, outcome and cost stay.';

select app.seal('app.erase_calls(uuid, text)', null, 'app_writer');
