create or replace function app.recording_of_link(
  p_recording_id uuid
)
returns setof app.recording_view
language sql
stable
security definer
set search_path = ''
as $$
  select v.* from app.view_recording(p_recording_id) v where v.outcome is not null
$$;

comment on function app.recording_of_link(uuid) is
  'The recording behind a short-lived address that this service signed for a player; no row when it was deleted since. The reading was audited when the address was given out.';

select app.seal('app.recording_of_link(uuid)', 'app_writer', 'tenant_service');
