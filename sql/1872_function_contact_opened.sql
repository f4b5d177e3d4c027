create or replace function app.contact_opened(p_call_id uuid)
returns uuid
language sql
stable
set search_path = ''
as $$
  select coalesce(
    (
      select v.contact_id
      from public.caller_verifications v
      where v.org_id = app.current_org_id() and v.call_id = p_call_id and v.succeeded and v.factor = 'texted_code'
      limit 1
    ),
    (
      select k.id
      from public.call_logs c
      join public.organizations o on o.id = c.org_id and o.identity_factor = 'calling_number'
      join public.contacts k on k.org_id = c.org_id and k.phone = c.from_number
      where c.org_id = app.current_org_id() and c.id = p_call_id and c.direction = 'inbound'
        -- Families share a number: which of them calls, it does not say.
        and (select count(*) from public.patients p where p.org_id = k.org_id and p.contact_id = k.id) < 2
    ))
$$;

comment on function app.contact_opened(uuid) is
  'The contact whose own calls a caller may hear of: proved by a code texted to its number, or by the calling number where the organisation accepts that and the contact has one patient at most. NULL otherwise: a date of birth opens one patient, and a contact''s calls may be about others.';

select app.seal('app.contact_opened(uuid)', null, 'app_writer');
