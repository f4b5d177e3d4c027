create or replace function app.schedule_for_appointment(
  p_appointment_id uuid,
  p_change text,
  p_call_id uuid default null
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_visit public.appointments;
begin
  select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id;
  if p_change = 'confirmed_by_patient' or v_visit.id is null then
    return;
  elsif v_visit.status = 'confirmed' and v_visit.scheduled_at > v_now then
    perform app.schedule_confirmation(v_visit, p_call_id, v_now);
    perform app.schedule_reminders(v_visit, v_now);
    if p_change = 'rescheduled' then
      perform app.call_off_reminders(p_appointment_id, 'visit_moved');
    end if;
  else
    update public.scheduled_messages s
    set state = 'cancelled', updated_at = v_now,
      reason = case v_visit.status when 'pending' then 'approval_needed' when 'confirmed' then 'too_late' else 'not_active' end
    where s.org_id = v_org_id and s.appointment_id = p_appointment_id and s.state = 'waiting';
    perform app.call_off_reminders(p_appointment_id, 'visit_over');
  end if;

  -- The code that was sent stays good for as long as the visit it names is ahead, wherever it was moved to.
  update public.identity_codes c
  set expires_at = case when v_visit.status in ('pending', 'confirmed') then upper(v_visit.during) else v_now end
  where c.org_id = v_org_id and c.appointment_id = p_appointment_id and c.kind = 'confirmation';
end
$$;

comment on function app.schedule_for_appointment(uuid, text, uuid) is
  'After a change of a visit: what is to be sent about it by itself. A confirmed visit ahead gets a confirmation and its reminders, a moved one keeps its rows with new times, a pending, cancelled or past one has none. Calls that wait to remind of a visit that moved or is off are called off. p_change: the kind of app.note_change; p_call_id: the call that changed it.';

select app.seal('app.schedule_for_appointment(uuid, text, uuid)', null, 'app_writer');
