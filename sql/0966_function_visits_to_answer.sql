-- Six fit into one text with their dates, the question and two names; who has more hears of the next six.
create or replace function app.visits_to_answer(p_contact_id uuid, p_now timestamptz)
returns setof public.appointments
language sql
stable
set search_path = ''
as $$
  select a.*
  from public.appointments a
  where a.org_id = app.current_org_id()
    and a.contact_id = p_contact_id
    and a.status in ('pending', 'confirmed')
    and a.scheduled_at > p_now
  order by a.scheduled_at, a.id
  limit 6
$$;

comment on function app.visits_to_answer(uuid, timestamptz) is
  'The visits to come that a text from this contact can be about, the next first, at most six.';

select app.seal('app.visits_to_answer(uuid, timestamptz)', null, 'app_writer');
