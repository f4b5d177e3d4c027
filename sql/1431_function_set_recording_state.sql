create or replace function app.set_recording_state(
  p_call_id uuid,
  p_state text,
  p_error text default null
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  update public.call_logs c
  set recording_state = p_state, recording_error = p_error, updated_at = app.now()
  where c.org_id = app.require_org_id() and c.id = p_call_id
    and (c.recording_state, c.recording_error) is distinct from (p_state, p_error);
  if found then
    perform app.announce('call_update', 'call', p_call_id);
  end if;
end
$$;

comment on function app.set_recording_state(uuid, text, text) is
  'Writes into a call how far its recording got (see call_logs.recording_state) and tells live clients, if that is news.';

select app.seal('app.set_recording_state(uuid, text, text)', null, 'app_writer');
