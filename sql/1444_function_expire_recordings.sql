create or replace function app.expire_recordings(
  p_limit integer
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_keep interval;
  v_now timestamptz := app.now();
  v_old uuid[];
  v_stuck uuid;
  v_lost uuid;
  v_count bigint;
begin
  select o.keep_recordings_for into v_keep from public.organizations o where o.id = v_org_id;
  v_old := array(
    select r.call_id
    from public.recordings r
    join public.call_logs c on c.org_id = r.org_id and c.id = r.call_id
    where r.org_id = v_org_id and r.deleted_at is null and r.delete_requested_at is null and r.created_at <= v_now - v_keep
    order by r.created_at
    limit p_limit
    for no key update of r, c skip locked); -- never waits, as app.expire_words
  perform app.drop_recordings(v_old, 'expired');
  v_count := cardinality(v_old);
  insert into public.audit_log (org_id, action, entity, entity_id, affected)
  select v_org_id, 'recordings_expired', 'organization', v_org_id, v_count
  where v_count > 0;
  -- A deletion whose job was given up, because the storage was down for a long time: a file must not be forgotten.
  for v_stuck in
    update public.recordings r
    set delete_requested_at = v_now
    where r.org_id = v_org_id and r.id in (
      select s.id
      from public.recordings s
      where s.org_id = v_org_id and s.deleted_at is null and s.delete_requested_at < v_now - interval '6 hours'
      limit p_limit
      for no key update skip locked)
    returning r.id
  loop
    perform app.enqueue_job('delete_recording', jsonb_build_object('recording_id', v_stuck));
    v_count := v_count + 1;
  end loop;
  -- A copy whose process died at its last try: nobody would ever say that it failed.
  for v_lost in
    select r.id
    from public.recordings r
    join public.call_logs c on c.org_id = r.org_id and c.id = r.call_id
    where r.org_id = v_org_id and r.deleted_at is null and r.delete_requested_at is null and r.lease_until < v_now - interval '6 hours'
    limit p_limit
    for no key update of r, c skip locked
  loop
    perform app.fail_recording(v_lost, 'unreachable', true);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;

comment on function app.expire_recordings(integer) is
  'Puts the deletion of recordings in the queue: of those older than the clinic''s keep_recordings_for, and of those whose deletion has not happened in six hours. Calls a copy failed that nobody has been at for as long. p_limit at most of each kind; returns of how many in all. That recordings expired stands in the audit log.';

select app.seal('app.expire_recordings(integer)', 'app_writer', 'tenant_service');
