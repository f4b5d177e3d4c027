create or replace function app.due_provisionings(p_limit integer)
returns setof app.provisioning_ref
language sql
stable
security definer
set search_path = ''
as $$
  select p.org_id, p.id
  from public.provisioning p
  cross join (select app.now() as now) clock
  where p.state in ('running', 'undoing', 'releasing')
    and coalesce(p.next_at, p.updated_at) <= clock.now - interval '5 seconds'
    and (p.lease_until is null or p.lease_until <= clock.now)
  order by p.updated_at, p.id
  limit p_limit
$$;

comment on function app.due_provisionings(integer) is
  'Runs of all tenants that are due and that nobody works on: their worker died, or its job was lost. Five seconds are left to the job that should be on its way.';

select app.seal('app.due_provisionings(integer)', 'app_definer', 'voxanne_login');
