-- A month of visits around today, for every practitioner of the demo clinics. Each wish is a fixed function of clinic,
-- practitioner, day and time: a later start adds the days that have come into the month and changes nothing else, and a
-- wish whose time has been booked otherwise, or whose id is there, is dropped.
with clinic as (
  select o.id as org_id, o.buffer_before, o.buffer_after, l.id as location_id, l.time_zone,
    (app.now() at time zone l.time_zone)::date as today
  from public.organizations o
  join public.locations l on l.org_id = o.id
  where o.slug in ('lakeside-dental', 'harbor-skin')
), wish as (
  select c.*, r.id as resource_id, d::date as day, t.starts, hashtext(concat(r.name, d::date, t.starts)) & 2147483647 as dice
  from clinic c
  join public.resources r on r.org_id = c.org_id and r.active
  cross join lateral generate_series(c.today - 14, c.today + 16, interval '1 day') d
  cross join (values (time '09:00'), ('11:00'), ('14:30'), ('16:00')) t(starts)
  where extract(isodow from d) <= 5
), visit as (
  select w.org_id, md5(concat(w.org_id, w.resource_id, w.day, w.starts))::uuid as id, w.location_id, w.resource_id,
    s.id as service_id, s.duration, p.id as patient_id, p.contact_id, w.dice,
    (w.day + w.starts) at time zone w.time_zone as starts_at,
    coalesce(s.buffer_before, w.buffer_before) as before, coalesce(s.buffer_after, w.buffer_after) as after
  from wish w
  cross join lateral (
    select s.* from public.services s
    join public.resource_services rs on rs.org_id = s.org_id and rs.service_id = s.id
    where s.org_id = w.org_id and rs.resource_id = w.resource_id and s.duration <= interval '1 hour'
    order by md5(concat(s.name, w.dice))
    limit 1
  ) s
  cross join lateral (
    select p.* from public.patients p
    where p.org_id = w.org_id and not p.made_by_voice
    order by md5(concat(p.name, w.dice))
    limit 1
  ) p
  where w.dice % 5 < 3
), written as (
  insert into public.appointments (
    org_id, id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked,
    status, source, booking_ref, created_at, updated_at)
  select v.org_id, v.id, v.location_id, v.service_id, v.resource_id, v.contact_id, v.patient_id, v.starts_at, v.duration,
    tstzrange(v.starts_at, v.starts_at + v.duration, '[)'),
    tstzrange(v.starts_at - v.before, v.starts_at + v.duration + v.after, '[)'),
    case
      when v.starts_at + v.duration > app.now() then 'confirmed'
      when v.dice % 11 = 0 then 'no_show'
      else 'completed'
    end,
    'dashboard', translate(upper(left(md5(v.id::text), 6)), '01', 'XY'),
    least(app.now(), v.starts_at - interval '9 days'), app.now()
  from visit v
  on conflict do nothing
  returning org_id, id, during, resource_id, created_at
)
insert into public.appointment_changes (org_id, appointment_id, kind, new_during, new_resource_id, at)
select w.org_id, w.id, 'booked', w.during, w.resource_id, w.created_at
from written w;

-- One afternoon off next week, and an hour that the dentist's own calendar says is taken.
insert into public.closures (org_id, id, location_id, during, reason)
select o.id, md5(concat('closure', o.id, d.day))::uuid, l.id,
  tstzrange((d.day + time '15:00') at time zone l.time_zone, (d.day + time '18:00') at time zone l.time_zone, '[)'), 'Team meeting'
from public.organizations o
join public.locations l on l.org_id = o.id
cross join lateral (select (date_trunc('week', app.now() at time zone l.time_zone) + interval '11 days')::date as day) d
where o.slug = 'lakeside-dental'
on conflict do nothing;
insert into public.busy_blocks (org_id, id, resource_id, starts_at, ends_at)
select r.org_id, md5(concat('busy', r.id, d.day))::uuid, r.id,
  (d.day + time '10:15') at time zone l.time_zone, (d.day + time '10:45') at time zone l.time_zone
from public.resources r
join public.locations l on l.org_id = r.org_id and l.id = r.location_id
cross join lateral (select (date_trunc('week', app.now() at time zone l.time_zone) + interval '8 days')::date as day) d
where r.name = 'Dr. Maya Okafor' and exists (select from public.organizations o where o.id = r.org_id and o.slug = 'lakeside-dental')
on conflict do nothing;

-- What the demo calls booked: each has its caller's first visit to come that no other call made. Of the mother's two one is
-- enough to show where a visit came from.
update public.appointments a
set call_id = claimed.call_id, source = 'voice', created_at = claimed.called_at
from (
  select distinct on (c.id) c.org_id, c.id as call_id, c.created_at as called_at, v.id as appointment_id
  from public.call_logs c
  join public.appointments v on v.org_id = c.org_id and v.contact_id = c.contact_id
    and v.status = 'confirmed' and v.call_id is null and v.scheduled_at > c.created_at
  where c.outcome = 'booked'
    and c.vapi_call_id like 'demo-%'
    and not exists (select from public.appointments x where x.org_id = c.org_id and x.call_id = c.id)
  order by c.id, v.scheduled_at, v.id
) claimed
where a.org_id = claimed.org_id and a.id = claimed.appointment_id;

-- The hygienist reads her visits in a calendar of her own. The address was shown once, and nobody kept it.
insert into public.calendar_feeds (org_id, id, resource_id, token_hash)
select r.org_id, md5(concat('feed', r.id))::uuid, r.id, sha256(uuid_send(gen_random_uuid()))
from public.resources r
join public.organizations o on o.id = r.org_id and o.slug = 'lakeside-dental'
where r.name = 'Sam Rivera'
on conflict do nothing;
