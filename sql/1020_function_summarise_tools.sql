create or replace function app.summarise_tools()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  insert into public.org_tools (org_id, tool_name, vapi_tool_id, definition_hash, linked, updated_at)
  select v_org_id, latest.tool_name, latest.vapi_tool_id, latest.definition_hash,
    -- Linked when every agent's assistant carries this very tool.
    not exists (
      select from public.agents a
      where a.org_id = v_org_id and a.deleted_at is null
        and not exists (
          select from public.agent_tools t
          where t.org_id = v_org_id and t.agent_id = a.id and t.tool_name = latest.tool_name
            and t.vapi_tool_id = latest.vapi_tool_id and t.linked_at is not null)),
    app.now()
  from (
    select distinct on (t.tool_name) t.tool_name, t.vapi_tool_id, t.definition_hash
    from public.agent_tools t
    where t.org_id = v_org_id
    order by t.tool_name, t.linked_at desc nulls last
  ) latest
  on conflict (org_id, tool_name) do update
  set vapi_tool_id = excluded.vapi_tool_id, definition_hash = excluded.definition_hash, linked = excluded.linked,
    updated_at = excluded.updated_at
  where (org_tools.vapi_tool_id, org_tools.definition_hash, org_tools.linked)
    is distinct from (excluded.vapi_tool_id, excluded.definition_hash, excluded.linked);
  delete from public.org_tools o
  where o.org_id = v_org_id
    and not exists (select from public.agent_tools t where t.org_id = v_org_id and t.tool_name = o.tool_name);
end
$$;

comment on function app.summarise_tools() is
  'Writes org_tools, the organisation''s summary, from its agents'' links.';

select app.seal('app.summarise_tools()', null, 'app_writer');
