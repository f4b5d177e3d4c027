create or replace function app.confirm_by_reply(
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
  if v_old.status <> 'confirmed' or v_old.scheduled_at <= p_now then
    return app.leave_to_staff(p_inbound);
  end if;
  if v_old.confirmed_by_patient_at is null then
    update public.appointments a
    set confirmed_by_patient_at = p_now, updated_at = p_now
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.note_change('confirmed_by_patient', v_old.id, v_old, null, (p_inbound).id);
    perform app.notify_staff('visit_confirmed', 'A patient confirmed a visit by text', 'appointment', v_old.id);
  end if;
  return ('confirmed', (p_inbound).id, (p_inbound).contact_id,
    app.queue_reply(p_inbound, 'confirmed', array[v_old.id], p_our_number))::app.inbound_answer;
end
$$;

comment on function app.confirm_by_reply(public.messages, uuid, text, timestamptz) is
  'The patient says by text that they will come: kept on the visit, in its history and told to staff, each once. outcome confirmed, or stored when the visit is not confirmed by the clinic or past.';

select app.seal('app.confirm_by_reply(public.messages, uuid, text, timestamptz)', null, 'app_writer');
