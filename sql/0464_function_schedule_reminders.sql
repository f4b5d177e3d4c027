create or replace function app.schedule_reminders(p_visit public.appointments, p_now timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_offsets interval[];
  v_offset interval;
  v_due_at timestamptz;
  v_id uuid;
begin
  select o.reminder_offsets into v_offsets from public.organizations o where o.id = (p_visit).org_id;
  foreach v_offset in array v_offsets loop
    -- Counted in seconds: a day subtracted from an instant would be the session's idea of a day.
    v_due_at := (p_visit).scheduled_at - make_interval(secs => extract(epoch from v_offset)::double precision);
    if v_due_at >= p_now + interval '5 minutes' then
      insert into public.scheduled_messages as s (org_id, kind, contact_id, appointment_id, before, due_at)
      values ((p_visit).org_id, 'reminder', (p_visit).contact_id, (p_visit).id, v_offset, v_due_at)
      on conflict (org_id, appointment_id, before) where kind = 'reminder' and state = 'waiting'
      do update set contact_id = excluded.contact_id, due_at = excluded.due_at, updated_at = p_now
      where (s.contact_id, s.due_at) is distinct from (excluded.contact_id, excluded.due_at)
      returning s.id into v_id;
      if v_id is not null then
        perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), v_due_at);
      end if;
    else
      update public.scheduled_messages s
      set state = 'cancelled', reason = 'too_late', updated_at = p_now
      where s.org_id = (p_visit).org_id and s.appointment_id = (p_visit).id
        and s.kind = 'reminder' and s.before = v_offset and s.state = 'waiting';
    end if;
  end loop;

  update public.scheduled_messages s
  set state = 'cancelled', reason = 'not_wanted', updated_at = p_now
  where s.org_id = (p_visit).org_id and s.appointment_id = (p_visit).id
    and s.kind = 'reminder' and s.before <> all (v_offsets) and s.state = 'waiting';
end
$$;

comment on function app.schedule_reminders(public.appointments, timestamptz) is
  'Brings a visit''s waiting reminders in step with its time and the organisation''s offsets: one per offset, so many hours of real time before the visit; none that would be due within five minutes. A moved reminder gets another job; the old job finds nothing due.';

select app.seal('app.schedule_reminders(public.appointments, timestamptz)', null, 'app_writer');
