create or replace function app.save_credential(
  p_provider text,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text,
  p_account_ref text,
  p_sender text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.save_credential is not written yet';
end
$$;

comment on function app.save_credential(text, bytea, bytea, bytea, text, text, text) is
  'Not written yet.';

select app.seal('app.save_credential(text, bytea, bytea, bytea, text, text, text)', 'app_writer', 'tenant_user');
