create or replace function app.export_transcript(p_call_id uuid, p_format text, p_request_id text default null)
returns setof app.transcript_export
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_export app.transcript_export := app.transcript_of(p_call_id);
begin
  if coalesce(p_format, '') not in ('txt', 'pdf') then
    raise exception 'a transcript is exported as txt or pdf' using errcode = 'VX400';
  end if;
  v_export.message_id := app.uuid_v7();
  v_export.exported_at := app.now();
  -- Not the contact's message: erasing them must not erase who took their words.
  insert into public.messages (
    org_id, id, direction, method, category, recipient, content, status, service_provider, external_message_id, sent_at, call_id,
    actor_user_id, request_id, created_at, updated_at)
  select v_org_id, v_export.message_id, 'outbound', 'export', 'export', coalesce(p.email, p.user_id::text), 'Transcript, ' || p_format, 'sent',
    'voxanne', v_export.message_id::text, v_export.exported_at, p_call_id, p.user_id, p_request_id, v_export.exported_at, v_export.exported_at
  from public.profiles p
  where p.org_id = v_org_id and p.user_id = app.current_user_id();
  if not found then
    raise exception 'only members export' using errcode = 'VX403';
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'transcript_exported', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  perform app.announce('message_updated', 'message', v_export.message_id);
  return next v_export;
end
$$;

comment on function app.export_transcript(uuid, text, text) is
  'Takes a call''s transcript out of the dashboard, as txt or pdf. Who did so stands in messages (method export, the member as recipient) and in the audit log. Every member may: they could read it as well. Errors as app.transcript_of; VX400 for another format, VX403 for who is no member.';

select app.seal('app.export_transcript(uuid, text, text)', 'app_writer', 'tenant_user');
