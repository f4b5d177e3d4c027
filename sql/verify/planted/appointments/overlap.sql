alter table public.appointments drop constraint appointments_no_overlap;
insert into public.appointments (org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, call_id, booking_ref)
select org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, null, 'ZZZZZZ'
from public.appointments where status = 'confirmed';
