create or replace function app.read_recording(
  p_call_id uuid,
  p_request_id text default null
)
returns setof app.recording_view
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_state text;
  v_recording_id uuid;
  v_view app.recording_view;
begin
  select c.recording_state, r.id into v_state, v_recording_id
  from public.call_logs c
  left join public.recordings r on r.org_id = c.org_id and r.call_id = c.id
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null;
  if not found then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  v_view := app.view_recording(v_recording_id);
  if v_view.outcome is null then
    v_view.outcome := case when v_state in ('at_provider', 'copying') then 'not_ready' else 'no_recording' end;
  else
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
    values (v_org_id, 'recording_read', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  end if;
  return next v_view;
end
$$;

comment on function app.read_recording(uuid, text) is
  'The recording of a call, for a member to listen to now; who did so and in which request stands in the audit log. outcome no_recording or not_ready where there is none to listen to. Every member may. VX404 for an unknown or deleted call.';

select app.seal('app.read_recording(uuid, text)', 'app_writer', 'tenant_user');
