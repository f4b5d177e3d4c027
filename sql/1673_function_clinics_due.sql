-- From one clinic's first index entry to the next clinic's: what it reads grows with the clinics that wait, neither with how
-- much each of them wants nor with how many ever called.
create or replace function app.clinics_due(p_now timestamptz)
returns setof uuid
language sql
stable
rows 100
set search_path = ''
as $$
  with recursive waits (org_id, due_at) as (
    (select c.org_id, c.due_at from public.outbound_calls c where c.state = 'waiting' order by c.org_id, c.due_at limit 1)
    union all
    select next.org_id, next.due_at
    from waits w
    cross join lateral (
      select c.org_id, c.due_at
      from public.outbound_calls c
      where c.state = 'waiting' and c.org_id > w.org_id
      order by c.org_id, c.due_at
      limit 1
    ) next
  )
  select w.org_id
  from waits w
  where w.due_at <= p_now
$$;

comment on function app.clinics_due(timestamptz) is 'The clinics that have a call waiting which is due, of all tenants.';

select app.seal('app.clinics_due(timestamptz)', null, 'app_definer');
