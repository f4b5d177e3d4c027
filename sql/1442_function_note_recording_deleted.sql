create or replace function app.note_recording_deleted(
  p_recording_id uuid
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.recordings r
  set deleted_at = app.now(), updated_at = app.now()
  where r.org_id = app.require_org_id() and r.id = p_recording_id and r.delete_requested_at is not null and r.deleted_at is null;
end
$$;

comment on function app.note_recording_deleted(uuid) is
  'The storage says that the file of an unwanted recording is gone. Said again, or of a recording that shall stay, it changes nothing.';

select app.seal('app.note_recording_deleted(uuid)', 'app_writer', 'tenant_service');
