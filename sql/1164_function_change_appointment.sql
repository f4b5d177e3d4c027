create or replace function app.change_appointment(
  p_appointment_id uuid,
  p_at text default null,
  p_resource text default null,
  p_override boolean default false,
  p_status text default null,
  p_notes text default null,
  p_confirmation_sent boolean default null,
  p_reason text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_zone text;
  v_status text;
  v_result app.booking_result;
begin
  perform app.require_staff();
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held';
  if v_old.id is null then
    raise exception 'there is no such appointment' using errcode = 'VX404';
  end if;
  v_zone := (select l.time_zone from public.locations l where l.org_id = v_org_id and l.id = v_old.location_id);
  v_status := case when p_status is distinct from v_old.status then p_status end;
  if v_status not in ('confirmed', 'cancelled', 'completed', 'no_show') then
    raise exception 'a visit becomes confirmed, cancelled, completed or no_show' using errcode = 'VX400';
  elsif v_status <> 'confirmed' and coalesce(p_at, p_resource) is not null then
    raise exception 'move a visit or end it, not both at once' using errcode = 'VX400';
  end if;

  if coalesce(p_at, p_resource) is not null then
    select * into v_result
    from app.reschedule_appointment(coalesce(app.wished_instant(p_at, v_zone), v_old.scheduled_at), v_old.id::text,
      p_resource => p_resource, p_override => p_override);
    if v_result.outcome <> 'rescheduled' then
      return next v_result;
      return;
    end if;
  end if;
  if v_status = 'confirmed' then
    select * into v_result from app.approve_appointment(v_old.id);
  elsif v_status = 'cancelled' then
    select * into v_result from app.cancel_appointment(v_old.id::text, p_reason => p_reason);
  elsif v_status is not null then
    select * into v_result from app.conclude_appointment(v_old.id, v_status);
  end if;

  if v_result.outcome is distinct from 'refused' and (p_notes is not null or p_confirmation_sent is not null) then
    update public.appointments a
    set notes = case when p_notes is null then a.notes else nullif(btrim(p_notes), '') end,
      confirmation_sent = coalesce(p_confirmation_sent, a.confirmation_sent), updated_at = app.now()
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.announce('appointment_updated', 'appointment', v_old.id);
  end if;
  return next case when v_result.outcome is null then app.booking_answer('amended', v_old.id) else v_result end;
end
$$;

comment on function app.change_appointment(uuid, text, text, boolean, text, text, boolean, text) is
  'What the dashboard changes at a visit, all or nothing; NULL leaves as it is. p_at (see app.wished_instant, local times in the zone of the visit''s location) and p_resource move it by app.reschedule_appointment; p_status confirmed approves, cancelled cancels (p_reason), completed and no_show conclude; empty p_notes clear. Staff only (VX403). outcome that of the step, amended when only notes changed, or refused with its reason; VX404 for a visit that is not the clinic''s.';

select app.seal('app.change_appointment(uuid, text, text, boolean, text, text, boolean, text)', 'app_writer', 'tenant_user');
