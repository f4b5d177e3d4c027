create or replace function app.note_refresh(
  p_provider text,
  p_version integer,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_version integer;
begin
  update public.org_credentials c
  set ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id,
    grant_version = c.grant_version + 1, refresh_lease_id = null, refresh_until = null,
    last_verified_at = app.now(), verification_error = null, updated_at = app.now()
  where c.org_id = app.require_org_id() and c.provider = p_provider and c.grant_version = p_version
    and c.needs_reconnect_at is null
  returning c.grant_version into v_version;
  return v_version;
end
$$;

comment on function app.note_refresh(text, integer, bytea, bytea, bytea, text) is
  'Keeps refreshed tokens in place of version p_version and returns their version. Commit this before the new access token is used: the old refresh token may be good for nothing by now. Compares the version, not the lease, so that a slow answer is kept as long as nothing newer is. NULL: there are other tokens meanwhile, or none; read those.';

select app.seal('app.note_refresh(text, integer, bytea, bytea, bytea, text)', 'app_writer', 'tenant_service');
