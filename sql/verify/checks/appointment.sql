-- What `voxanne appointment verify` asks, without the program. Nothing is asked without settings (docs/verify/appointment.md).
insert into pg_temp.findings
with asked as (
  select nullif(current_setting('verify.phone', true), '') as phone, nullif(current_setting('verify.date', true), '') as day
),
-- Of the person who called from the number or whose number it is, by the clock where the visit is.
visits as (
  select a.org_id, a.id, a.status, a.source, l.time_zone, to_char(t.at, 'YYYY-MM-DD HH24:MI') as local_time,
    a.status <> 'cancelled' and to_char(t.at, 'YYYY-MM-DD') = q.day as matches
  from asked q
  cross join public.appointments a
  join public.organizations o on o.id = a.org_id and o.deleted_at is null
  join public.contacts c on c.org_id = a.org_id and c.id = a.contact_id
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  cross join lateral (select a.scheduled_at at time zone l.time_zone as at) t
  left join public.call_logs k on k.org_id = a.org_id and k.id = a.call_id
  where a.status <> 'held' and q.phone in (c.phone, c.spoken_phone, k.from_number)
)
-- visit_found: every one, so that a visit on the wrong day is seen too.
select 'visit_found', 'info', format('org %s: appointment %s', v.org_id, v.id),
  format('%s %s, %s, by %s%s', v.local_time, v.time_zone, v.status, v.source, case when v.matches then ': matches' else '' end),
  'nothing: it was asked for'
from visits v

union all
-- visit_not_found: a caller was told of it, and it is not there.
select 'visit_not_found', 'error', 'date ' || coalesce(q.day, '(none)'),
  format('no visit on that day that was not cancelled, by the clock where it is, of who has the number; on other days: %s',
    (select count(*) from visits)),
  'see that phone is written as +13125550190 and date as 2026-11-23; then look at booking_attempts of the call'
from asked q
where q.phone is not null and not exists (select from visits v where v.matches);
