create or replace function app.calls_of_person(p_contact_id uuid, p_numbers text[])
returns uuid[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(c.id order by c.id), '{}')
  from public.call_logs c
  where c.org_id = app.require_org_id()
    and (c.contact_id = p_contact_id
      or c.contact_id is null and (c.from_number = any (p_numbers) or c.to_number = any (p_numbers)))
$$;

comment on function app.calls_of_person(uuid, text[]) is
  'The calls of a contact, and those of its numbers that no contact was made for, the oldest first.';

select app.seal('app.calls_of_person(uuid, text[])', null, 'app_writer');
