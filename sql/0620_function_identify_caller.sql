create or replace function app.identify_caller(p_call_id uuid)
returns setof app.caller_view
language sql
stable
security definer
set search_path = ''
as $$
  select count(p.id) > 0,
    coalesce(array_agg(p.name order by p.name) filter (where p.id is not null), '{}'),
    (select count(*) from app.visible_appointments(p_call_id))
  from (
    select v.patient_id
    from public.caller_verifications v
    where v.org_id = app.require_org_id() and v.call_id = p_call_id and v.succeeded
    union
    select q.id
    from public.call_logs c
    join public.organizations o on o.id = c.org_id and o.identity_factor = 'calling_number'
    join public.contacts k on k.org_id = c.org_id and k.phone = c.from_number
    join public.patients q on q.org_id = c.org_id and q.contact_id = k.id
    where c.org_id = app.require_org_id() and c.id = p_call_id
  ) opened
  join public.patients p on p.org_id = app.require_org_id() and p.id = opened.patient_id
$$;

comment on function app.identify_caller(uuid) is
  'What may be said about the caller of a call. Not known until a check succeeded (or the organisation accepts the calling number): then the answer is the same for a stranger and for a patient of twenty years.';

select app.seal('app.identify_caller(uuid)', 'app_writer', 'tenant_service');
