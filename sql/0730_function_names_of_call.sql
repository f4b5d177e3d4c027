create or replace function app.names_of_call(p_call_id uuid)
returns text[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(distinct n.name), '{}')
  from (
    select p.name
    from public.appointments a
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    where a.org_id = app.current_org_id() and a.call_id = p_call_id
    union
    select a.said_name
    from public.appointments a
    where a.org_id = app.current_org_id() and a.call_id = p_call_id
    union
    select p.name
    from public.call_logs c
    join public.patients p on p.org_id = c.org_id and p.contact_id = c.contact_id
    where c.org_id = app.current_org_id() and c.id = p_call_id
    union
    select k.name
    from public.call_logs c
    join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.org_id = app.current_org_id() and c.id = p_call_id
    union
    select m.caller_name
    from public.caller_messages m
    where m.org_id = app.current_org_id() and m.call_id = p_call_id
  ) n
  where n.name is not null
$$;

comment on function app.names_of_call(uuid) is
  'The names that a call''s words are redacted of: its contact''s, that contact''s patients'', and everybody it booked or left a message for.';

select app.seal('app.names_of_call(uuid)', null, 'app_writer');
