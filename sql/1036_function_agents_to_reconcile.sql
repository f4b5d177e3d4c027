create or replace function app.agents_to_reconcile(p_seen_before timestamptz, p_limit integer, p_tool_ids text[] default null)
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
  join public.organizations o on o.id = a.org_id
  where coalesce(a.lease_until, '-infinity') < app.now()
    and coalesce(a.retry_at, '-infinity') <= app.now()
    and (a.deleted_at is not null
      or (o.deleted_at is not null and (a.creating_since is not null
        or exists (select from public.assistant_routes r where r.org_id = a.org_id and r.agent_id = a.id)))
      or (o.deleted_at is null and (a.sync_status <> 'synced' or a.synced_version < a.desired_version
      or a.synced_at < p_seen_before
      -- Its assistant carries an earlier definition, a tool that is no more, or lacks a new one.
      or (p_tool_ids is not null and p_tool_ids is distinct from (
        select coalesce(array_agg(x.vapi_tool_id order by x.vapi_tool_id collate "C"), '{}')
        from public.agent_tools x
        where x.org_id = a.org_id and x.agent_id = a.id)))))
    -- A save's own job comes first.
    and a.saved_at < app.now() - interval '30 seconds'
  order by a.saved_at, a.id
  limit p_limit;
end
$$;

comment on function app.agents_to_reconcile(timestamptz, integer, text[]) is
  'Agents of all tenants that are out of step, do not carry exactly p_tool_ids (sorted bytewise; NULL: whatever they carry), wait for removal (deleted, or of a clinic that left), or were last seen in step before p_seen_before (drift); the oldest first. Those whose pause after a failure (retry_at) is not over are left out. Ids only.';

select app.seal('app.agents_to_reconcile(timestamptz, integer, text[])', 'app_definer', 'voxanne_login');
