create or replace function app.status_of_assistants(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'assistants', p_now, '15 minutes',
      count(*) filter (where w.behind), min(a.saved_at) filter (where w.behind), max(a.synced_at),
      case when bool_or(w.failed) then 'sync_failed' end, min(a.updated_at) filter (where w.failed))
    from public.agents a
    cross join lateral (
      select a.deleted_at is not null or a.sync_status <> 'synced' or a.synced_version < a.desired_version as behind,
        a.sync_status in ('failed', 'registered_not_linked') as failed
    ) w
    where a.org_id = p_org_id);
end
$$;

comment on function app.status_of_assistants(uuid, timestamptz) is
  'The area assistants of app.system_status: agents whose assistant at Vapi is not yet what was saved, or still there though the agent was deleted. sync_failed: the last try to say so failed, or left the tools unlinked; it is tried again by itself.';

select app.seal('app.status_of_assistants(uuid, timestamptz)', null, 'app_writer');
