create or replace function app.numbers_of_contact(p_contact_id uuid)
returns text[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(distinct n.number), '{}')
  from public.contacts c
  cross join lateral unnest(array_append(c.former_phones, c.phone)) n (number)
  where c.org_id = app.require_org_id() and c.id = p_contact_id and n.number is not null
    -- One that is another contact's by now is theirs.
    and not exists (
      select from public.contacts o where o.org_id = c.org_id and o.phone = n.number and o.id <> c.id)
$$;

comment on function app.numbers_of_contact(uuid) is
  'The numbers (E.164) that are a contact''s: its own, and those of contacts that were merged into it. What came from them without a contact is this person''s.';

select app.seal('app.numbers_of_contact(uuid)', null, 'app_writer');
