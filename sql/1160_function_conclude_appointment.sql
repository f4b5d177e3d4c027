create or replace function app.conclude_appointment(p_appointment_id uuid, p_status text)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_old public.appointments;
begin
  perform app.require_staff();
  if p_status is null or p_status not in ('completed', 'no_show') then
    raise exception 'a visit ends as completed or no_show' using errcode = 'VX400';
  end if;
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for update;
  v_now := app.now();
  if v_old.id is null then
    return next app.booking_refusal('refused', 'not_found');
  elsif v_old.status = p_status then
    return next app.booking_answer(p_status, v_old.id, null, true);
  elsif v_old.status = 'cancelled' then
    return next app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  elsif v_old.scheduled_at > v_now then
    return next app.booking_refusal('refused', 'not_started', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = p_status, updated_at = v_now
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.note_change(p_status, v_old.id, v_old, null);
    return next app.booking_answer(p_status, v_old.id);
  end if;
end
$$;

comment on function app.conclude_appointment(uuid, text) is
  'Says how a visit ended, completed or no_show; one may be corrected to the other. Staff only (VX403). outcome completed or no_show (replayed when it was so already), or refused: not_found, not_active (cancelled), not_started.';

select app.seal('app.conclude_appointment(uuid, text)', 'app_writer', 'tenant_user');
