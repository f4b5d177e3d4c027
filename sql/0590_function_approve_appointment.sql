create or replace function app.approve_appointment(p_appointment_id uuid)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_result app.booking_result;
begin
  perform app.require_staff();
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for update;
  if v_old.id is null then
    v_result := app.booking_refusal('refused', 'not_found');
  elsif v_old.status = 'confirmed' then
    v_result := app.booking_answer('approved', v_old.id, null, true);
  elsif v_old.status <> 'pending' then
    v_result := app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = 'confirmed', updated_at = app.now()
    where a.org_id = v_org_id and a.id = p_appointment_id;
    perform app.note_change('approved', p_appointment_id, v_old, null);
    v_result := app.booking_answer('approved', p_appointment_id);
  end if;
  perform app.note_attempt('approve', v_result, null, null, null, null, null);
  return next v_result;
end
$$;

comment on function app.approve_appointment(uuid) is
  'Confirms a pending booking; staff only (VX403). outcome approved (replayed when it was confirmed already), or refused: not_found, not_active. To decline, cancel it.';

select app.seal('app.approve_appointment(uuid)', 'app_writer', 'tenant_user');
