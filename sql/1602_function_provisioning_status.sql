create or replace function app.provisioning_status(p_provisioning_id uuid)
returns setof app.provisioning_status
language sql
stable
security definer
set search_path = ''
as $$
  select p.id, n.id, p.number, p.state,
    (
      select s.step
      from public.provisioning_steps s
      where s.org_id = p.org_id and s.provisioning_id = p.id and p.state = 'running' and s.state in ('waiting', 'intended')
      order by s.position
      limit 1
    ),
    p.error, n.vapi_phone_number_id, n.routing, a.id, r.vapi_assistant_id, p.activated_at, p.attempted_at,
    (
      select jsonb_agg(
        jsonb_build_object('step', s.step, 'state', s.state, 'attempts', s.attempts, 'error', s.error) order by s.position)
      from public.provisioning_steps s
      where s.org_id = p.org_id and s.provisioning_id = p.id
    )
  from public.provisioning p
  left join public.phone_numbers n on n.org_id = p.org_id and n.number = p.number
  left join public.agents a
    on a.org_id = p.org_id and a.deleted_at is null
    and (a.id = n.agent_id or n.agent_id is null and a.role = 'inbound' and a.is_default)
  left join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
  where p.org_id = app.require_org_id() and p.id = p_provisioning_id
$$;

comment on function app.provisioning_status(uuid) is
  'How a run stands, and which agent and assistant answer its number; no row for one that is not the tenant''s.';

select app.seal('app.provisioning_status(uuid)', 'app_writer', 'tenant_user', 'tenant_service');
