create or replace function app.begin_recording(
  p_call_id uuid,
  p_lease interval
)
returns setof app.recording_copy
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_recording public.recordings;
  v_copy app.recording_copy;
  v_now timestamptz;
begin
  select * into v_recording from public.recordings r where r.org_id = v_org_id and r.call_id = p_call_id for update;
  v_now := app.now();
  if v_recording.id is null then
    raise exception 'there is no such recording' using errcode = 'VX404';
  end if;
  select v_recording.id, c.vapi_call_id, v_recording.source_url, v_recording.storage_key
  into v_copy.recording_id, v_copy.vapi_call_id, v_copy.source_url, v_copy.storage_key
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id;
  v_copy.outcome := case
    when v_recording.delete_requested_at is not null then 'unwanted'
    when v_recording.stored_at is not null then 'done'
    when v_recording.lease_until > v_now then 'wait'
    else 'copy'
  end;
  if v_copy.outcome = 'wait' then
    v_copy.not_before := v_recording.lease_until;
  elsif v_copy.outcome = 'copy' then
    update public.recordings r
    set lease_until = v_now + p_lease, updated_at = v_now
    where r.org_id = v_org_id and r.id = v_recording.id;
    perform app.set_recording_state(p_call_id, 'copying');
  end if;
  return next v_copy;
end
$$;

comment on function app.begin_recording(uuid, interval) is
  'Asks, for a job, whether the recording of a call is to be copied now, see app.recording_copy. With outcome copy the recording is the job''s for p_lease; app.finish_recording or app.fail_recording ends it. VX404: the tenant has no such recording.';

select app.seal('app.begin_recording(uuid, interval)', 'app_writer', 'tenant_service');
