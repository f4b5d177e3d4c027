create or replace function app.recording_to_delete(
  p_recording_id uuid
)
returns setof app.recording_copy
language sql
volatile
security definer
set search_path = ''
as $$
  -- A copy that runs writes the file after all: its own end deletes it, and this job looks again behind it.
  select case when r.lease_until > app.now() then 'wait' else 'unwanted' end, r.id, null::text, null::text, r.storage_key,
    case when r.lease_until > app.now() then r.lease_until end
  from public.recordings r
  where r.org_id = app.require_org_id() and r.id = p_recording_id and r.delete_requested_at is not null and r.deleted_at is null
$$;

comment on function app.recording_to_delete(uuid) is
  'The recording whose file a job shall delete: outcome unwanted, or wait while it may still be being copied. No row when it is deleted already or shall stay.';

select app.seal('app.recording_to_delete(uuid)', 'app_writer', 'tenant_service');
