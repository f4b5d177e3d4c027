create or replace function app.park_grant(
  p_id uuid,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text,
  p_email text,
  p_account_hash bytea
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  update public.oauth_states s
  set state = 'parked', ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id,
    connected_email = p_email, account_hash = p_account_hash, expires_at = v_now + interval '10 minutes'
  where s.org_id = app.require_org_id() and s.id = p_id and s.state = 'taken' and s.expires_at > v_now
    and p_account_hash is not null;
  return found;
end
$$;

comment on function app.park_grant(uuid, bytea, bytea, bytea, text, text, bytea) is
  'Puts the sealed tokens of a consent that app.take_oauth found aside, for ten minutes: they connect nothing until the person who began confirms. p_account_hash: SHA-256 of the provider''s id of the account. False when it took too long or was parked before: give the tokens back then.';

select app.seal('app.park_grant(uuid, bytea, bytea, bytea, text, text, bytea)', 'app_writer', 'tenant_service');
