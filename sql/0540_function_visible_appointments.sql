-- The calling number is a hint: it can be forged, and families share it. Nothing from before the call is opened by it
-- alone, unless the organisation chose so.
create or replace function app.visible_appointments(p_call_id uuid)
returns setof public.appointments
language sql
stable
security definer
set search_path = ''
as $$
  select a.*
  from public.appointments a
  join public.call_logs c on c.org_id = a.org_id and c.id = p_call_id
  join public.organizations o on o.id = a.org_id
  where a.org_id = app.require_org_id()
    and a.status in ('pending', 'confirmed')
    and a.scheduled_at > app.now()
    and (
      a.call_id = p_call_id
      or exists (
        select from public.caller_verifications v
        where v.org_id = a.org_id and v.call_id = p_call_id and v.patient_id = a.patient_id and v.succeeded
      )
      or (o.identity_factor = 'calling_number' and c.from_number is not null and a.contact_id = (
        select k.id from public.contacts k where k.org_id = a.org_id and k.phone = c.from_number
      ))
    )
  order by a.scheduled_at, a.id
$$;

comment on function app.visible_appointments(uuid) is
  'The visits to come that a call may hear about and change: those it booked itself, those of patients it verified, and all of its contact''s where the organisation accepts the calling number as identity.';

select app.seal('app.visible_appointments(uuid)', 'app_writer', 'tenant_service');
