-- A step makes network calls, so a transaction's lock cannot guard it: a lease does. Ninety seconds are longer than any
-- step; a worker that died holds the next one up for that long and no longer.
create or replace function app.take_provisioning_step(p_provisioning_id uuid, p_lease_id uuid)
returns setof app.provisioning_task
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_run public.provisioning;
  v_step public.provisioning_steps;
  v_until timestamptz;
  v_task app.provisioning_task;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id for update;
  v_now := app.now();
  v_task.outcome := 'over';
  v_task.wait_seconds := 0;
  if v_run.id is null or v_run.state in ('active', 'undone', 'released') then
    return next v_task;
    return;
  end if;
  if v_run.state = 'running' then
    select * into v_step
    from public.provisioning_steps s
    where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.state in ('waiting', 'intended')
    order by s.position
    limit 1;
  else
    -- What the check and the routing did goes with the number.
    select * into v_step
    from public.provisioning_steps s
    where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step in ('credential', 'import', 'messaging')
      and s.intended_at is not null and s.state in ('waiting', 'intended', 'done')
    order by s.position desc
    limit 1;
  end if;
  v_until := greatest(case when v_run.lease_id <> p_lease_id then v_run.lease_until end, v_run.next_at,
    -- Vapi would take a second credential, while it refuses a second import.
    case when v_run.state <> 'running' or v_step.step = 'credential' then v_step.settle_at end);
  if v_until > v_now then
    v_task.outcome := case when v_run.lease_until > v_now and v_run.lease_id <> p_lease_id then 'busy' else 'wait' end;
    v_task.wait_seconds := ceil(extract(epoch from v_until - v_now));
    return next v_task;
    return;
  elsif v_step.id is null then
    perform app.conclude_provisioning(v_run.id);
    return next v_task;
    return;
  end if;
  update public.provisioning_steps s
  set state = case v_run.state when 'running' then 'intended' else s.state end, attempts = s.attempts + 1,
    intended_at = coalesce(s.intended_at, v_now), updated_at = v_now
  where s.org_id = v_org_id and s.id = v_step.id;
  update public.provisioning p
  set lease_id = p_lease_id, lease_until = v_now + interval '90 seconds', attempted_at = v_now, updated_at = v_now
  where p.org_id = v_org_id and p.id = v_run.id;
  perform app.announce('provisioning_updated', 'provisioning', v_run.id);
  return query
  select case v_run.state when 'running' then 'act' when 'undoing' then 'undo' else 'release' end, 0, v_step.step, v_run.number,
    v_step.attempts + case when v_step.attempts = 0 and v_step.intended_at is not null then 2 else 1 end,
    v_step.external_id, v_step.undo, looked.external_id, looked.undo, made.external_id, n.vapi_phone_number_id, n.routing,
    app.own_line(n.location_id), r.vapi_assistant_id
  from public.provisioning_steps looked
  join public.provisioning_steps made
    on made.org_id = looked.org_id and made.provisioning_id = looked.provisioning_id and made.step = 'import'
  left join public.phone_numbers n on n.org_id = v_org_id and n.number = v_run.number
  left join public.agents a
    on a.org_id = v_org_id and a.deleted_at is null
    and (a.id = n.agent_id or n.agent_id is null and a.role = 'inbound' and a.is_default)
  left join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
  where looked.org_id = v_org_id and looked.provisioning_id = v_run.id and looked.step = 'check';
end
$$;

comment on function app.take_provisioning_step(uuid, uuid) is
  'Decides what is next in a run and takes the lease for it (p_lease_id, made up by the worker) for ninety seconds. That the step is about to act is written down before it does: who finds the note looks first. Steps are undone in the opposite order, those that never began not at all.';

select app.seal('app.take_provisioning_step(uuid, uuid)', 'app_writer', 'tenant_service');
