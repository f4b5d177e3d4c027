create or replace function app.agents_to_reconcile(p_seen_before timestamptz, p_limit integer)
returns setof app.agent_ref
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select a.org_id, a.id
  from public.agents a
  where coalesce(a.lease_until, '-infinity') < app.now()
    and (a.deleted_at is not null or a.sync_status <> 'synced' or a.synced_version < a.desired_version
      or a.synced_at < p_seen_before
      -- Its assistant carries an earlier definition than the registry's.
      or exists (
        select from public.agent_tools x
        join public.vapi_tools t on t.name = x.tool_name
        where x.org_id = a.org_id and x.agent_id = a.id and x.vapi_tool_id is distinct from t.vapi_tool_id))
    -- A save's own job comes first.
    and a.saved_at < app.now() - interval '30 seconds'
  order by a.saved_at, a.id
  limit p_limit;
end
$$;

comment on function app.agents_to_reconcile(timestamptz, integer) is
  'Agents of all tenants that are out of step, carry an earlier tool, wait for removal, or were last seen in step before p_seen_before (drift); the oldest first. Ids only.';

select app.seal('app.agents_to_reconcile(timestamptz, integer)', 'app_definer', 'voxanne_login');
