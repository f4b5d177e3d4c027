-- A grant of its own, whatever became of the consent that it came by: that may be swept meanwhile.
create or replace function app.keep_refused_grant(
  p_provider text,
  p_user_id uuid,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text,
  p_account_hash bytea
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
  v_id uuid;
begin
  insert into public.oauth_states (
    org_id, user_id, provider, state_hash, state, ciphertext, nonce, auth_tag, key_id, account_hash, expires_at, lease_until)
  values (
    app.require_org_id(), p_user_id, p_provider, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'refused',
    p_ciphertext, p_nonce, p_auth_tag, p_key_id, p_account_hash, v_now, v_now + interval '2 minutes')
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.keep_refused_grant(text, uuid, bytea, bytea, bytea, text, bytea) is
  'Keeps the sealed tokens of a consent (p_user_id began it) that is good for nothing, too late or too little, among the grants to give back, and returns its id: commit this before the provider is asked, then app.drop_grant. Whoever keeps it has two minutes; app.take_old_grants sees to what is left. It connects nothing.';

select app.seal('app.keep_refused_grant(text, uuid, bytea, bytea, bytea, text, bytea)', 'app_writer', 'tenant_service');
