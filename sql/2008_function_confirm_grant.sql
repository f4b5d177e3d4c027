create or replace function app.confirm_grant(p_id uuid)
returns setof app.parked_grant_view
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_parked public.oauth_states;
  v_now timestamptz;
  v_id uuid;
begin
  perform app.require_admin();
  select * into v_parked
  from public.oauth_states s
  where s.org_id = v_org_id and s.id = p_id and s.user_id = app.current_user_id()
  for update;
  v_now := app.now();
  if v_parked.state is distinct from 'parked' or v_parked.expires_at <= v_now then
    raise exception 'there is no such connection to confirm' using errcode = 'VX404';
  end if;

  insert into public.org_credentials as c (
    org_id, provider, ciphertext, nonce, auth_tag, key_id, connected_email, account_hash, last_verified_at)
  values (
    v_org_id, v_parked.provider, v_parked.ciphertext, v_parked.nonce, v_parked.auth_tag, v_parked.key_id,
    v_parked.connected_email, v_parked.account_hash, v_now)
  on conflict (org_id, provider) do update
  set ciphertext = excluded.ciphertext, nonce = excluded.nonce, auth_tag = excluded.auth_tag, key_id = excluded.key_id,
    connected_email = excluded.connected_email, account_hash = excluded.account_hash, grant_version = c.grant_version + 1,
    refresh_lease_id = null, refresh_until = null, needs_reconnect_at = null, last_verified_at = v_now,
    verification_error = null, updated_at = v_now
  where c.account_hash = excluded.account_hash
  returning c.id into v_id;
  if v_id is null then
    raise exception 'another account is connected: disconnect it first' using errcode = 'VX409';
  end if;
  delete from public.oauth_states s where s.org_id = v_org_id and s.id = p_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'calendar_connected', 'credential', v_id, app.current_user_id());
  perform app.resume_calendars(v_parked.provider);
  return query
  select v_parked.id, v_parked.provider, v_parked.connected_email, o.name, null::text, v_parked.expires_at
  from public.organizations o
  where o.id = v_org_id;
end
$$;

comment on function app.confirm_grant(uuid) is
  'Connects the parked account to the clinic, by the person who began it, in their own session, once. The same account again (a reconnection) heals its calendars, and what waited is done. Owner and admin only (VX403); VX404 as app.parked_grant; VX409: another account of this provider is connected.';

select app.seal('app.confirm_grant(uuid)', 'app_writer', 'tenant_user');
