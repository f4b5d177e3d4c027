create or replace function app.revoke_share(
  p_share_id uuid,
  p_request_id text default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  if not exists (select from public.recording_shares s where s.org_id = v_org_id and s.id = p_share_id) then
    raise exception 'there is no such link' using errcode = 'VX404';
  end if;
  update public.recording_shares s
  set revoked_at = app.now(), revoked_by = app.current_user_id()
  where s.org_id = v_org_id and s.id = p_share_id and s.revoked_at is null;
  if found then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
    values (v_org_id, 'share_revoked', 'recording_share', p_share_id, app.current_user_id(), left(p_request_id, 64));
  end if;
end
$$;

comment on function app.revoke_share(uuid, text) is
  'From now on the link opens nothing; said again it changes nothing. Staff only (VX403); VX404 for an unknown link.';

select app.seal('app.revoke_share(uuid, text)', 'app_writer', 'tenant_user');
