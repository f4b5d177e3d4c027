create or replace function app.note_recording(
  p_call_id uuid,
  p_source_url text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := app.uuid_v7();
begin
  insert into public.recordings (org_id, id, call_id, source_url, storage_key)
  values (v_org_id, v_id, p_call_id, case when char_length(p_source_url) <= 4000 then p_source_url end, 'recordings/' || v_org_id || '/' || v_id)
  on conflict (org_id, call_id) do nothing;
  if found then
    perform app.enqueue_job('keep_recording', jsonb_build_object('call_id', p_call_id));
  end if;
end
$$;

comment on function app.note_recording(uuid, text) is
  'Remembers that the provider has a recording of a call, and where it may be fetched for a while (NULL: it must be asked); a job copies it. Once a call.';

select app.seal('app.note_recording(uuid, text)', null, 'app_writer');
