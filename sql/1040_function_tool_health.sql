create or replace function app.tool_health()
returns setof app.tool_health
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_agents bigint := (select count(*) from public.agents a where a.org_id = v_org_id and a.deleted_at is null);
begin
  return query
  select o.tool_name, exists (select from public.vapi_tools v where v.name = o.tool_name and v.vapi_tool_id is not null),
    count(t.id) filter (where t.linked_at is not null and t.vapi_tool_id = o.vapi_tool_id), v_agents, max(t.link_error)
  from public.org_tools o
  left join (
    public.agent_tools t
    join public.agents a on a.org_id = t.org_id and a.id = t.agent_id and a.deleted_at is null
  ) on t.org_id = o.org_id and t.tool_name = o.tool_name
  where o.org_id = v_org_id
  group by o.tool_name
  order by o.tool_name;
end
$$;

comment on function app.tool_health() is
  'The organisation''s tools, each with how many of its agents carry it.';

select app.seal('app.tool_health()', 'app_writer', 'tenant_user', 'tenant_service');
