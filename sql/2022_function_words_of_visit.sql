-- The one place that decides what leaves the house about a visit, for calendars and feeds alike.
create or replace function app.words_of_visit(p_appointment_id uuid)
returns app.event_words
language plpgsql
stable
set search_path = ''
as $$
declare
  v_words app.event_words;
begin
  select
    case when v.says_all then concat_ws(' – ', s.name, p.name) else 'Busy – clinic appointment' end,
    case when v.says_all then concat_ws(', ', r.name, 'reference ' || a.booking_ref) end,
    case when v.says_all then l.name end
  into v_words
  from public.appointments a
  join public.organizations o on o.id = a.org_id
  join public.services s on s.org_id = a.org_id and s.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  left join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  left join public.contacts c on c.org_id = a.org_id and c.id = a.contact_id
  cross join lateral (select o.calendar_content = 'full' and c.erased_at is null as says_all) v
  where a.org_id = app.current_org_id() and a.id = p_appointment_id;
  return v_words;
end
$$;

comment on function app.words_of_visit(uuid) is
  'What an outside calendar or feed may say of a visit, by organizations.calendar_content: nothing of whom and what for, or service, patient, practitioner, reference and place. Of an erased person it never says more than that the time is taken.';

select app.seal('app.words_of_visit(uuid)', null, 'app_writer');
