create or replace function app.finish_recording(
  p_recording_id uuid,
  p_content_type text,
  p_size_bytes bigint
)
returns boolean
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
  if v_recording.id is null then
    raise exception 'there is no such recording' using errcode = 'VX404';
  elsif v_recording.delete_requested_at is not null then
    return false;
  elsif v_recording.stored_at is null then
    update public.recordings r
    set content_type = p_content_type, size_bytes = p_size_bytes, stored_at = v_now, source_url = null, lease_until = null, updated_at = v_now
    where r.org_id = v_org_id and r.id = p_recording_id;
    perform app.set_recording_state(v_recording.call_id, 'stored');
  end if;
  return true;
end
$$;

comment on function app.finish_recording(uuid, text, bigint) is
  'The recording lies in the storage, whole. False: it was deleted or erased while it was copied, and the file must go. VX404: the tenant has no such recording.';

select app.seal('app.finish_recording(uuid, text, bigint)', 'app_writer', 'tenant_service');
