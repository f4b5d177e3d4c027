create or replace function app.erase_calls(p_contact_id uuid, p_numbers text[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_calls uuid[] := app.calls_of_person(p_contact_id, p_numbers);
begin
  perform app.lock_calls(v_calls);
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[erased]'
  where m.org_id = v_org_id and m.contact_id = p_contact_id;
  -- Somebody else may have asked to call this person back.
  update public.caller_messages m
  set callback_number = null
  where m.org_id = v_org_id and m.callback_number = any (p_numbers);
  -- They are the contact's from now on: whatever still comes of them finds that it was erased.
  update public.call_logs c
  set contact_id = p_contact_id
  where c.org_id = v_org_id and c.id = any (v_calls) and c.contact_id is null;
  perform app.blank_calls(v_calls);
  -- One that is being dialled this moment keeps its number until it is over: see app.close_outbound_call.
  update public.outbound_calls c
  set state = 'cancelled', reason = 'erased', ended_at = v_now, look_at = null, to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.state = 'waiting' and (c.contact_id = p_contact_id or c.contact_id is null and c.to_number = any (p_numbers));
  update public.outbound_calls c
  set to_number = null, updated_at = v_now
  where c.org_id = v_org_id and c.state <> 'placing' and c.to_number is not null
    and (c.contact_id = p_contact_id or c.contact_id is null and c.to_number = any (p_numbers));
end
$$;

comment on function app.erase_calls(uuid, text[]) is
  'The part of app.erase_contact about calls: the person''s number, transcript, summary and messages left are blanked, also of calls of the numbers that no contact was made for, which become the erased contact''s; calls that were to be made, tests of the numbers too, are cancelled. Times, outcome and cost stay.';

select app.seal('app.erase_calls(uuid, text[])', null, 'app_writer');
