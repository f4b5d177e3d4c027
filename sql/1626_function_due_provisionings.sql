create or replace function app.due_provisionings(p_limit integer, p_routed_as text)
returns setof app.provisioning_ref
language sql
stable
security definer
set search_path = ''
as $$
  select p.org_id, p.id
  from public.provisioning p
  cross join (select app.now() as now) clock
  where (p.lease_until is null or p.lease_until <= clock.now)
    and case
      when p.state in ('running', 'undoing', 'releasing') then coalesce(p.next_at, p.updated_at) <= clock.now - interval '5 seconds'
      when p.state = 'active' then p.updated_at <= clock.now - interval '10 minutes' and exists (
        select from public.provisioning_steps s
        where s.org_id = p.org_id and s.provisioning_id = p.id and s.step = 'routing' and s.external_id is distinct from p_routed_as)
    end
  order by p.updated_at, p.id
  limit p_limit
$$;

comment on function app.due_provisionings(integer, text) is
  'Runs of all tenants that are due and that nobody works on: their worker died, or its job was lost; five seconds are left to the job that should be on its way. Also lines that work and were routed otherwise than p_routed_as says (another address of ours, another secret), at most every ten minutes.';

select app.seal('app.due_provisionings(integer, text)', 'app_definer', 'voxanne_login');
