create or replace function app.drop_recordings(
  p_call_ids uuid[],
  p_reason text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_recording record;
begin
  for v_recording in
    update public.recordings r
    set delete_requested_at = v_now, source_url = null, updated_at = v_now
    where r.org_id = v_org_id and r.call_id = any (p_call_ids) and r.delete_requested_at is null
    returning r.id, r.call_id
  loop
    update public.recording_shares s
    set revoked_at = coalesce(s.revoked_at, v_now)
    where s.org_id = v_org_id and s.recording_id = v_recording.id;
    perform app.set_recording_state(v_recording.call_id, 'deleted', p_reason);
    perform app.enqueue_job('delete_recording', jsonb_build_object('recording_id', v_recording.id));
  end loop;
  if p_reason = 'erased' then
    -- Also of recordings that had expired before.
    update public.recording_shares s
    set recipient = null
    from public.recordings r
    where r.org_id = v_org_id and r.call_id = any (p_call_ids) and s.org_id = v_org_id and s.recording_id = r.id
      and s.recipient is not null;
    update public.messages m
    set recipient = '[erased]', subject = case when m.subject is not null then '[erased]' end, content = '[erased]', updated_at = v_now
    where m.org_id = v_org_id and m.call_id = any (p_call_ids) and m.category = 'share' and m.content <> '[erased]';
  end if;
end
$$;

comment on function app.drop_recordings(uuid[], text) is
  'From now on nobody listens to the recordings of these calls: their links are revoked and a job deletes the files. p_reason: expired or erased; erased also forgets whom links were sent to.';

select app.seal('app.drop_recordings(uuid[], text)', null, 'app_writer');
