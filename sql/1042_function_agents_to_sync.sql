create or replace function app.agents_to_sync(p_org_id uuid, p_even_in_step boolean)
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
  join public.organizations o on o.id = a.org_id and o.deleted_at is null
  where (p_org_id is null or a.org_id = p_org_id)
    and (p_even_in_step or a.deleted_at is not null or a.sync_status <> 'synced' or a.synced_version < a.desired_version
      or exists (
        select from public.agent_tools x
        join public.vapi_tools t on t.name = x.tool_name
        where x.org_id = a.org_id and x.agent_id = a.id and x.vapi_tool_id is distinct from t.vapi_tool_id))
  order by a.org_id, a.id;
end
$$;

comment on function app.agents_to_sync(uuid, boolean) is
  'The agents of one organisation, or of all (NULL), whose assistants are out of step or carry an earlier tool; p_even_in_step: every one. Clinics that left are not among them. Unlike agents_to_reconcile it leaves nobody out for being worked on. Ids only.';

select app.seal('app.agents_to_sync(uuid, boolean)', 'app_definer', 'voxanne_login');
