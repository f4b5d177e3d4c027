create or replace function app.appointment_rows(
  p_ids uuid[],
  p_total bigint default 1,
  p_total_is_estimate boolean default false
)
returns setof app.appointment_row
language plpgsql
stable
set search_path = ''
set random_page_cost = 1.1 -- what lists show is in memory: a few rows by their ids beat all of them in a row
as $$
begin
  return query
  select a.id, a.booking_ref, a.status, a.scheduled_at, upper(a.during), (extract(epoch from a.duration) / 60)::integer,
    l.time_zone, l.id, l.name, s.id, s.name, r.id, r.name, p.id, p.name, c.id, coalesce(c.name, p.name),
    coalesce(c.phone, c.spoken_phone), c.phone is null and c.spoken_phone is not null, c.email,
    a.source, a.call_id, a.confirmation_sent, a.confirmed_by_patient_at, a.notes, a.cancelled_at, a.cancel_reason,
    a.overridden_by is not null, a.created_at, a.updated_at, p_total, p_total_is_estimate
  from unnest(p_ids) with ordinality wanted (id, place)
  join public.appointments a on a.org_id = app.current_org_id() and a.id = wanted.id and a.status <> 'held'
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  join public.services s on s.org_id = a.org_id and s.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  join public.contacts c on c.org_id = a.org_id and c.id = a.contact_id
  order by wanted.place;
end
$$;

comment on function app.appointment_rows(uuid[], bigint, boolean) is
  'These visits as the dashboard shows them, in the order of the ids; holds and other clinics'' ids give no row. p_total and p_total_is_estimate stand on every row.';

select app.seal('app.appointment_rows(uuid[], bigint, boolean)', null, 'tenant_user');
