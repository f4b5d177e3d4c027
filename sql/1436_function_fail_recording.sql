create or replace function app.fail_recording(
  p_recording_id uuid,
  p_reason text,
  p_final boolean
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_recording public.recordings;
  v_now timestamptz;
begin
  select * into v_recording from public.recordings r where r.org_id = v_org_id and r.id = p_recording_id for update;
  v_now := app.now();
  if v_recording.id is null or v_recording.stored_at is not null or v_recording.delete_requested_at is not null then
    return;
  end if;
  update public.recordings r
  set lease_until = null, source_url = case when not p_final then r.source_url end, updated_at = v_now
  where r.org_id = v_org_id and r.id = p_recording_id;
  if not p_final then
    perform app.set_recording_state(v_recording.call_id, 'at_provider');
  elsif p_reason = 'gone' and exists (select from public.organizations o where o.id = v_org_id and o.hipaa_mode) then
    perform app.set_recording_state(v_recording.call_id, 'not_kept_by_provider');
  else
    perform app.set_recording_state(v_recording.call_id, 'failed', p_reason);
  end if;
end
$$;

comment on function app.fail_recording(uuid, text, boolean) is
  'A recording could not be copied this time: gone, too_large, not_audio, unreachable or storage. p_final: nobody tries again; then the call says failed with the reason, or not_kept_by_provider where the clinic''s HIPAA mode explains that it is gone. Nothing happens to a recording that is stored or unwanted.';

select app.seal('app.fail_recording(uuid, text, boolean)', 'app_writer', 'tenant_service');
