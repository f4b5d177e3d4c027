create or replace function app.erase_visits(p_contact_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.appointments a
  set said_name = null, said_date_of_birth = null, notes = null, cancel_reason = null, updated_at = v_now
  where a.org_id = v_org_id and a.contact_id = p_contact_id;
  -- Calendars that name them are written anew; by then the contact is erased, see app.words_of_visit.
  perform app.wish_calendar_event(e.appointment_id)
  from (
    select distinct x.appointment_id
    from public.calendar_events x
    join public.appointments a on a.org_id = x.org_id and a.id = x.appointment_id
    where x.org_id = v_org_id and a.contact_id = p_contact_id
      -- Also one that is being written just now, or of which nobody knows whether it was.
      and (x.state = 'there' or x.attempts > 0)
    order by x.appointment_id
  ) e;
  -- Two patients of a contact may not share a normalised name: the id keeps them apart.
  update public.patients p
  set name = '[erased]', normalised_name = 'erased ' || p.id, date_of_birth = null, updated_at = v_now
  where p.org_id = v_org_id and p.contact_id = p_contact_id;
end
$$;

comment on function app.erase_visits(uuid) is
  'The part of app.erase_contact about patients and their visits: names, dates of birth, notes and reasons go, also from outside calendars (by jobs, where they are still connected); when, where and what for stays.';

select app.seal('app.erase_visits(uuid)', null, 'app_writer');
