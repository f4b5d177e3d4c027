insert into pg_temp.findings
-- no_overlap_missing: without the constraint only the functions' locks keep two visits apart.
select 'no_overlap_missing', 'error', 'appointments_no_overlap',
  'the constraint is missing or not valid: only the functions'' locks keep two visits apart',
  'Remove overlaps (see overlap), then add the constraint again as migration 00013 does.'
where not exists (
  select from pg_catalog.pg_constraint c
  where c.conrelid = 'public.appointments'::regclass and c.conname = 'appointments_no_overlap'
    and c.contype = 'x' and c.convalidated
)

union all
-- overlap: two visits of one resource at one time.
select 'overlap', 'error', format('org %s: appointments %s and %s', a.org_id, a.id, b.id),
  format('two visits of resource %s at one time', a.resource_id),
  'Move or cancel one of them with app.reschedule_appointment or app.cancel_appointment.'
from public.appointments a
join public.appointments b on b.org_id = a.org_id and b.resource_id = a.resource_id and b.id > a.id and b.blocked && a.blocked
where a.status in ('held', 'pending', 'confirmed')
  and b.status in ('held', 'pending', 'confirmed')

union all
-- times_disagree: the visit, its start and length, and the time blocked for it are one statement in three columns.
select 'times_disagree', 'error', format('org %s: appointment %s', a.org_id, a.id),
  'the visit, its start and length, and the time blocked for it do not agree',
  'Set during to [scheduled_at, scheduled_at + duration) and blocked to that plus the buffers; add constraint appointments_during again.'
from public.appointments a
where (a.during = tstzrange(a.scheduled_at, a.scheduled_at + a.duration, '[)') and a.blocked @> a.during) is not true

union all
-- expired_hold: the job release_hold deletes a hold a second after it ran out.
select 'expired_hold', 'warning', format('org %s: appointment %s', a.org_id, a.id),
  format('a hold that ran out at %s was not released', a.held_until),
  'Nobody is kept from booking by it, but the workers do not run: look at the queue.'
from public.appointments a
where a.status = 'held'
  and a.held_until < app.now() - interval '10 minutes'

union all
-- not_offered: a visit to come that nobody gives.
select 'not_offered', 'warning', format('org %s: appointment %s', a.org_id, a.id),
  format('nobody gives this visit of %s any more', a.scheduled_at),
  'Its service or resource is inactive, or the resource no longer gives the service: move or cancel the visit.'
from public.appointments a
join public.services s on s.org_id = a.org_id and s.id = a.service_id
join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
where a.status in ('pending', 'confirmed')
  and a.scheduled_at > app.now()
  and not (s.active and r.active and exists (
    select from public.resource_services x
    where x.org_id = a.org_id and x.service_id = a.service_id and x.resource_id = a.resource_id))

union all
-- elsewhere: a visit to come at another location than its resource's.
select 'elsewhere', 'warning', format('org %s: appointment %s', a.org_id, a.id),
  format('the visit of %s is at another location than its resource', a.scheduled_at),
  'The resource was moved to another location: move the visit to one who works where it is to take place.'
from public.appointments a
join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
where a.status in ('pending', 'confirmed')
  and a.scheduled_at > app.now()
  and a.location_id <> r.location_id

union all
-- foreign_patient: the visit's patient belongs to another contact than the visit.
select 'foreign_patient', 'error', format('org %s: appointment %s', a.org_id, a.id),
  format('patient %s belongs to another contact than the visit', a.patient_id),
  'A caller verified for the contact would hear of somebody else''s visit: give the visit its patient''s contact.'
from public.appointments a
join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
where p.contact_id is distinct from a.contact_id

union all
-- without_call: booked by voice, but by which call?
select 'without_call', 'error', format('org %s: appointment %s', a.org_id, a.id),
  'booked by voice, and no call is known that booked it',
  'Rows of call_logs were removed by hand, or source is wrong: restore the call or set source to dashboard.'
from public.appointments a
left join public.call_logs c on c.org_id = a.org_id and c.id = a.call_id
where a.source = 'voice'
  and c.id is null

union all
-- without_booking: the call is told as booked, and nothing in our tables says what.
select 'without_booking', 'error', format('org %s: call %s', c.org_id, c.id),
  'told as booked, and no visit was',
  'The caller was told of a visit that is not there: find it in booking_attempts and the transcript, and call back.'
from public.call_logs c
where c.outcome = 'booked'
  and not exists (select from public.appointments a where a.org_id = c.org_id and a.call_id = c.id and a.status <> 'held')

union all
-- cancelled_when: a cancelled visit has its time of cancellation, another has none.
select 'cancelled_when', 'error', format('org %s: appointment %s', a.org_id, a.id),
  format('it is %s, and its time of cancellation says otherwise', a.status),
  'status was changed by hand: use app.cancel_appointment.'
from public.appointments a
where (a.status = 'cancelled') <> (a.cancelled_at is not null)

union all
-- unexplained_attempt: every try says what came of it, a refusal or question why, a success which visit.
select 'unexplained_attempt', 'error', format('org %s: attempt %s', t.org_id, t.id),
  format('%s ended as %s, without its reason or its visit', t.kind, t.outcome),
  'A function ended without an answer: report it with the attempt''s id.'
from public.booking_attempts t
where (case
    when t.outcome in ('refused', 'question') then t.reason is not null
    when t.outcome in ('held', 'booked', 'amended', 'rescheduled', 'cancelled', 'approved') then t.appointment_id is not null
    else false
  end) is not true

union all
-- lost_booking: the caller was told that it is done, and the row is gone. Holds are deleted on purpose.
select 'lost_booking', 'error', format('org %s: appointment %s', t.org_id, t.appointment_id),
  format('attempt %s says %s, and there is no such row', t.id, t.outcome),
  'Somebody deleted an appointment: restore it from a backup, or call the patient back.'
from public.booking_attempts t
left join public.appointments a on a.org_id = t.org_id and a.id = t.appointment_id
where t.outcome in ('booked', 'amended', 'rescheduled', 'cancelled', 'approved')
  and t.appointment_id is not null
  and a.id is null;
