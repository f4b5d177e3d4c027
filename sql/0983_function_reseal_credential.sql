create or replace function app.reseal_credential(
  p_provider text,
  p_old_key_id text,
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
  raise exception 'app.reseal_credential is not written yet';
end
$$;

comment on function app.reseal_credential(text, text, bytea, bytea, bytea, text) is
  'Not written yet.';

select app.seal('app.reseal_credential(text, text, bytea, bytea, bytea, text)', 'app_writer', 'tenant_service');
