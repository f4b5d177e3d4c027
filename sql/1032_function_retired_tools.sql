create or replace function app.retired_tools()
returns setof text
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select r.id
  from public.vapi_tools t
  cross join unnest(t.retired_ids) r(id)
  -- A call runs for an hour at most, and may use the tools that it began with.
  where t.registered_at < app.now() - interval '2 hours'
    and not exists (select from public.agent_tools a where a.vapi_tool_id = r.id)
    and not exists (select from public.vapi_tools o where o.vapi_tool_id = r.id);
end
$$;

comment on function app.retired_tools() is
  'Vapi ids of earlier definitions that no agent of any tenant carries any more, two hours after their replacement was registered. Whether some assistant at Vapi still does is for the caller to look up.';

select app.seal('app.retired_tools()', 'app_definer', 'voxanne_login');
