create or replace function app.reroute_numbers(p_location_id uuid, p_agent_id uuid, p_number text default null)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_id uuid;
  v_count integer := 0;
begin
  for v_id in
    select p.id
    from public.provisioning p
    join public.phone_numbers n on n.org_id = p.org_id and n.number = p.number
    where p.org_id = v_org_id
      and p.state in ('running', 'active')
      and (n.location_id = p_location_id or n.number = p_number or p_agent_id = coalesce(n.agent_id, (
        select a.id from public.agents a
        where a.org_id = v_org_id and a.role = 'inbound' and a.is_default and a.deleted_at is null)) and n.routing = 'fixed')
    order by p.id
    for update of p
  loop
    v_now := app.now();
    update public.provisioning p
    set state = 'running', updated_at = v_now
    where p.org_id = v_org_id and p.id = v_id;
    update public.provisioning_steps s
    set state = 'waiting', attempts = 0, error = null, updated_at = v_now
    where s.org_id = v_org_id and s.provisioning_id = v_id and s.step = 'routing';
    perform app.start_provisioning(v_id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;

comment on function app.reroute_numbers(uuid, uuid, text) is
  'Has numbers routed anew at Vapi, because what they point to changed: those of a location, those that carry an agent''s assistant, or one; each may be NULL. Returns how many there were.';

select app.seal('app.reroute_numbers(uuid, uuid, text)', null, 'app_writer');
