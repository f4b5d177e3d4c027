create or replace function app.call_off_reminders(p_appointment_id uuid, p_reason text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform app.call_off(c.id, p_reason)
  from public.outbound_calls c
  where c.org_id = app.require_org_id() and c.appointment_id = p_appointment_id and c.kind = 'reminder' and c.state = 'waiting';
end
$$;

comment on function app.call_off_reminders(uuid, text) is
  'Takes back the calls that wait to remind of a visit: it moved (visit_moved) or will not be (visit_over). The next reminder of a moved visit has a row of its own.';

select app.seal('app.call_off_reminders(uuid, text)', null, 'app_writer');
