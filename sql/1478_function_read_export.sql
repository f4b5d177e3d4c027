create or replace function app.read_export(p_message_id uuid, p_request_id text default null)
returns setof app.transcript_export
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
  v_export app.transcript_export;
begin
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.method = 'export' and m.category = 'export'
    and m.actor_user_id = app.current_user_id();
  if v_message.call_id is null then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  v_export := app.transcript_of(v_message.call_id);
  v_export.message_id := v_message.id;
  v_export.exported_at := v_message.created_at;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'transcript_read', 'call', v_message.call_id, app.current_user_id(), left(p_request_id, 64));
  return next v_export;
end
$$;

comment on function app.read_export(uuid, text) is
  'The transcript of an export that the acting member made, as it is now; the audit log remembers each reading. VX404 for somebody else''s or none, and errors as app.transcript_of: what was deleted or erased meanwhile is gone.';

select app.seal('app.read_export(uuid, text)', 'app_writer', 'tenant_user');
