create or replace function app.reseal_credential(
  p_provider text,
  p_old_nonce bytea,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text
)
returns boolean
language sql
volatile
security definer
set search_path = ''
as $$
  with resealed as (
    update public.org_credentials c
    set ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id
    where c.org_id = app.require_org_id() and c.provider = p_provider and c.nonce = p_old_nonce
    returning c.id
  )
  select exists (select from resealed)
$$;

comment on function app.reseal_credential(text, bytea, bytea, bytea, bytea, text) is
  'Puts the same content under another key, in place of what was sealed with p_old_nonce; false when that was replaced or removed meanwhile, also under the same key. Times stay: the account did not change.';

select app.seal('app.reseal_credential(text, bytea, bytea, bytea, bytea, text)', 'app_writer', 'tenant_service');
