create or replace function app.reseal_credential(
  p_provider text,
  p_old_nonce bytea,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.org_credentials c
  set ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id
  where c.org_id = app.require_org_id() and c.provider = p_provider and c.nonce = p_old_nonce;
  return found;
end
$$;

comment on function app.reseal_credential(text, bytea, bytea, bytea, bytea, text) is
  'Puts the same secret, sealed with another key, in place. Only while the row still holds what was sealed with p_old_nonce: a credential that was saved anew meanwhile stays, also one sealed with the same old key. updated_at stays: it says when the secret changed. Returns whether it was replaced.';

select app.seal('app.reseal_credential(text, bytea, bytea, bytea, bytea, text)', 'app_writer', 'tenant_service');
