create or replace function app.cancel_by_reply(
  p_inbound public.messages,
  p_appointment_id uuid,
  p_our_number text,
  p_now timestamptz
)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
begin
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id
  for update;
  if v_old.status in ('pending', 'confirmed') and v_old.scheduled_at > p_now then
    perform app.write_cancellation(v_old, 'cancelled by text', null, (p_inbound).id);
    perform app.notify_staff('visit_cancelled_by_reply', 'A patient cancelled a visit by text', 'appointment', v_old.id);
  elsif v_old.status <> 'cancelled' then
    return app.leave_to_staff(p_inbound);
  end if;
  return ('cancelled', (p_inbound).id, (p_inbound).contact_id,
    app.queue_reply(p_inbound, 'cancelled', array[v_old.id], p_our_number))::app.inbound_answer;
end
$$;

comment on function app.cancel_by_reply(public.messages, uuid, text, timestamptz) is
  'Cancels the visit that the patient''s answer named, as app.cancel_appointment does, and tells staff. outcome cancelled (also when somebody else cancelled it meanwhile), or stored when it is past.';

select app.seal('app.cancel_by_reply(public.messages, uuid, text, timestamptz)', null, 'app_writer');
