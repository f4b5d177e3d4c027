create or replace function app.visits_to_tell(p_row public.scheduled_messages, p_now timestamptz)
returns setof public.scheduled_messages
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform app.settle_scheduled(array[s.id], 'skipped', case when a.status = 'confirmed' then 'too_late' else 'not_active' end)
  from public.scheduled_messages s
  join public.appointments a on a.org_id = s.org_id and a.id = s.appointment_id
  where s.org_id = (p_row).org_id and s.contact_id = (p_row).contact_id and s.kind = (p_row).kind and s.state = 'waiting'
    and (a.status <> 'confirmed' or a.scheduled_at <= p_now);

  return query
  with waiting as (
    select s, a.scheduled_at, (a.scheduled_at at time zone l.time_zone)::date as day
    from public.scheduled_messages s
    join public.appointments a on a.org_id = s.org_id and a.id = s.appointment_id
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    where s.org_id = (p_row).org_id and s.contact_id = (p_row).contact_id and s.kind = (p_row).kind and s.state = 'waiting'
  ), own as (
    select w.* from waiting w where (w.s).id = (p_row).id
  ), together as (
    select w.*
    from waiting w, own
    where case
      when (w.s).id = (p_row).id then true
      when (p_row).kind = 'reminder' then (w.s).before = (p_row).before and w.day = own.day
      else (w.s).call_id = (p_row).call_id or ((w.s).call_id is null and (w.s).due_at <= p_now)
    end
    -- Five fill a text of 480 letters; a sixth visit has a job of its own and gets a text of its own.
    order by (w.s).id = (p_row).id desc, w.scheduled_at, (w.s).id
    limit 5
  )
  select (t.s).* from together t order by t.scheduled_at, (t.s).id;
end
$$;

comment on function app.visits_to_tell(public.scheduled_messages, timestamptz) is
  'The waiting rows that go out in one message with p_row, in the order of their visits, p_row among them: a contact''s confirmations of the same call and those of the dashboard that are due; its reminders of the same offset for the same local day. Rows of visits that began or are not confirmed are skipped; no rows: p_row was one of them. The rows are locked.';

select app.seal('app.visits_to_tell(public.scheduled_messages, timestamptz)', null, 'app_writer');
