create or replace function app.view_recording(
  p_recording_id uuid
)
returns app.recording_view
language plpgsql
stable
set search_path = ''
as $$
declare
  v_view app.recording_view;
begin
  select 'open', r.id, r.storage_key, r.content_type, r.size_bytes, o.name, c.began_at,
    coalesce(l.time_zone, o.time_zone)
  into v_view.outcome, v_view.recording_id, v_view.storage_key, v_view.content_type, v_view.size_bytes, v_view.clinic_name,
    v_view.call_at, v_view.time_zone
  from public.recordings r
  join public.call_logs c on c.org_id = r.org_id and c.id = r.call_id and c.deleted_at is null
  join public.organizations o on o.id = r.org_id and o.deleted_at is null
  left join public.locations l on l.org_id = c.org_id and l.id = c.location_id
  where r.org_id = app.require_org_id() and r.id = p_recording_id and r.stored_at is not null and r.delete_requested_at is null;
  return v_view;
end
$$;

comment on function app.view_recording(uuid) is
  'A recording that we keep and that nobody asked to delete, with what a page says about its call; an outcome of NULL for any other.';

select app.seal('app.view_recording(uuid)', null, 'app_writer');
