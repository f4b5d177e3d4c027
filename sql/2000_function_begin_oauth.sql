create or replace function app.begin_oauth(
  p_provider text,
  p_state_hash bytea,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  perform app.require_admin();
  if app.calendar_provider(p_provider) is null then
    raise exception 'calendars are of google_calendar or outlook' using errcode = 'VX400';
  end if;
  insert into public.oauth_states (
    org_id, user_id, provider, state_hash, ciphertext, nonce, auth_tag, key_id, expires_at)
  values (
    app.require_org_id(), app.current_user_id(), p_provider, p_state_hash, p_ciphertext, p_nonce, p_auth_tag, p_key_id,
    app.now() + interval '10 minutes')
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.begin_oauth(text, bytea, bytea, bytea, bytea, text) is
  'Remembers for ten minutes that this member sends their browser to a calendar provider (google_calendar, outlook): the SHA-256 of the state and the sealed PKCE verifier. Returns the id that they confirm with afterwards. Owner and admin only (VX403); VX400: no such provider.';

select app.seal('app.begin_oauth(text, bytea, bytea, bytea, bytea, text)', 'app_writer', 'tenant_user');
