create or replace function app.note_refused_grant(
  p_id uuid,
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
  update public.oauth_states s
  set ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id
  where s.org_id = app.require_org_id() and s.id = p_id and s.state = 'refused';
  return found;
end
$$;

comment on function app.note_refused_grant(uuid, bytea, bytea, bytea, text) is
  'Keeps refreshed tokens of a grant that is to be given back in place of the old ones, which may be good for nothing by now, not even for giving it back. False: the grant is not there any more.';

select app.seal('app.note_refused_grant(uuid, bytea, bytea, bytea, text)', 'app_writer', 'tenant_service');
