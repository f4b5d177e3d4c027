create or replace function app.heed_call_refusal(p_call_id uuid, p_turns jsonb)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_number text;
begin
  select c.to_number into v_number
  from public.call_logs c
  where c.org_id = app.require_org_id() and c.id = p_call_id and c.direction = 'outbound' and c.to_number is not null;
  if v_number is null or not exists (
    select from jsonb_array_elements(coalesce(p_turns, '[]')) t (turn)
    where t.turn ->> 'speaker' = 'caller' and app.wants_no_calls(t.turn ->> 'text'))
  then
    return false;
  end if;
  return app.opt_out('voice', v_number, 'call');
end
$$;

comment on function app.heed_call_refusal(uuid, jsonb) is
  'Honours "do not call me again" in a call that we made: the number gets no more calls, and those that wait for it are called off. p_turns as in app.record_call_report, before they are redacted; only what the person who was called said counts. Whether that is new.';

select app.seal('app.heed_call_refusal(uuid, jsonb)', null, 'app_writer');
