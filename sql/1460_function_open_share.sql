create or replace function app.open_share(
  p_token_hash bytea,
  p_part text,
  p_visitor text
)
returns setof app.recording_view
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_share public.recording_shares;
  v_hash bytea := app.number_hash(p_visitor);
  v_view app.recording_view;
begin
  select s.* into v_share
  from public.recording_shares s
  left join public.messages m on m.org_id = s.org_id and m.id = s.message_id
  where s.org_id = v_org_id and s.token_hash = p_token_hash
    and app.share_state(s.revoked_at, s.expires_at, m.status, v_now) = 'open';
  if v_share.id is null then
    return;
  end if;
  v_view := app.view_recording(v_share.recording_id);
  if v_view.outcome is null then
    return;
  end if;
  v_view.expires_at := v_share.expires_at;
  if p_part <> 'audio' or not exists (
    select from public.recording_share_openings o
    where o.org_id = v_org_id and o.share_id = v_share.id and o.part = 'audio' and o.visitor_hash = v_hash
      and o.at > v_now - interval '15 minutes')
  then
    insert into public.recording_share_openings (org_id, share_id, part, visitor_hash, at)
    values (v_org_id, v_share.id, p_part, v_hash, v_now);
  end if;
  return next v_view;
end
$$;

comment on function app.open_share(bytea, text, text) is
  'Opens the link with this token (its SHA-256) and notes that it was opened: p_part page or audio, p_visitor what tells one visitor from another, of which a keyed hash is stored. No row for a link that is unknown, expired or revoked, or whose recording is gone.';

select app.seal('app.open_share(bytea, text, text)', 'app_writer', 'tenant_service');
