create or replace function app.visits_in_reply(p_appointment_ids uuid[], p_language text, p_numbered boolean)
returns text
language sql
stable
set search_path = ''
as $$
  with listed as (
    select u.position, array_to_string(app.local_words(a.scheduled_at, l.time_zone, p_language), ', ') as at,
      split_part(coalesce(a.said_name, p.name), ' ', 1) as first_name,
      min(a.patient_id::text) over () <> max(a.patient_id::text) over () as several_patients
    from unnest(p_appointment_ids) with ordinality u (id, position)
    join public.appointments a on a.org_id = app.current_org_id() and a.id = u.id
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  )
  select string_agg(
    case when p_numbered then chr(10) || i.position || ' ' else '' end || i.at
      || case when i.several_patients then ' ' || i.first_name else '' end,
    case when p_numbered then '' else '; ' end order by i.position)
  from listed i
$$;

comment on function app.visits_in_reply(uuid[], text, boolean) is
  'Visits in words for a text: local day and time, and the first name only where several patients are among them. Numbered: each on a line of its own behind its position, which is what an answer names.';

select app.seal('app.visits_in_reply(uuid[], text, boolean)', null, 'app_writer');
