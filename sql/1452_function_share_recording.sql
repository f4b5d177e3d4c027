create or replace function app.share_recording(
  p_call_id uuid,
  p_token_hash bytea,
  p_recipient text default null,
  p_subject text default null,
  p_content text default null,
  p_send_key text default null,
  p_service_provider text default null,
  p_request_id text default null
)
returns setof app.share_decision
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_recording_id uuid;
  v_sent app.message_decision;
  v_share app.share_decision;
  v_now timestamptz;
begin
  perform app.require_staff();
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null;
  if v_call.id is null then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  -- Locked, so that no link is made to what is being deleted.
  select r.id into v_recording_id
  from public.recordings r
  where r.org_id = v_org_id and r.call_id = p_call_id and r.stored_at is not null and r.delete_requested_at is null
  for share;
  v_now := app.now();
  if v_recording_id is null then
    v_share.outcome := case when v_call.recording_state in ('at_provider', 'copying') then 'not_ready' else 'no_recording' end;
    return next v_share;
    return;
  elsif (
    select count(*) from public.recording_shares s where s.org_id = v_org_id and s.created_at > v_now - interval '1 hour') >= 50
  then
    v_share.outcome := 'blocked';
    v_share.reason := 'too_many_shares';
    return next v_share;
    return;
  end if;

  v_share.outcome := 'shared';
  if p_recipient is not null then
    select * into v_sent
    from app.begin_message(
      p_category => 'share', p_method => 'email', p_content => p_content, p_send_key => p_send_key,
      -- The patient's own address goes when the patient is erased.
      p_contact_id => (
        select k.id from public.contacts k
        where k.org_id = v_org_id and k.id = v_call.contact_id and lower(k.email) = lower(p_recipient) and k.erased_at is null),
      p_service_provider => p_service_provider, p_recipient => p_recipient, p_subject => p_subject, p_call_id => p_call_id,
      p_request_id => p_request_id);
    v_share.outcome := v_sent.outcome;
    v_share.reason := v_sent.reason;
    v_share.message_id := v_sent.message_id;
    v_share.status := v_sent.status;
    if v_sent.outcome <> 'send' then
      return next v_share;
      return;
    end if;
  end if;

  insert into public.recording_shares (org_id, recording_id, token_hash, recipient, message_id, actor_user_id, expires_at, created_at)
  values (v_org_id, v_recording_id, p_token_hash, p_recipient, v_share.message_id, app.current_user_id(), v_now + interval '24 hours', v_now)
  returning id, expires_at into v_share.share_id, v_share.expires_at;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'recording_shared', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  return next v_share;
end
$$;

comment on function app.share_recording(uuid, bytea, text, text, text, text, text, text) is
  'Makes a link to the recording of a call that opens for 24 hours; p_token_hash is the SHA-256 of its token. With p_recipient, an e-mail address, the row of the e-mail is begun as app.begin_message does (p_content says [link] for the link, which is stored nowhere) and the link opens unless that e-mail fails; without one the acting member gets the link. See app.share_decision; at most 50 links an hour and clinic. Staff only (VX403); VX404 for an unknown or deleted call.';

select app.seal('app.share_recording(uuid, bytea, text, text, text, text, text, text)', 'app_writer', 'tenant_user');
