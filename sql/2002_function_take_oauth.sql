-- The provider's answer comes through a browser that may belong to anybody, so the state alone says whose it is.
create or replace function app.take_oauth(p_state_hash bytea)
returns setof app.oauth_taken
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  return query
  update public.oauth_states s
  set state = 'taken'
  where s.state_hash = p_state_hash and s.state = 'begun' and s.expires_at > app.now()
    and exists (select from public.organizations o where o.id = s.org_id and o.deleted_at is null)
  returning s.org_id, s.id, s.user_id, s.provider, s.ciphertext, s.nonce, s.auth_tag, s.key_id;
end
$$;

comment on function app.take_oauth(bytea) is
  'Uses a state up, given as its SHA-256, whatever the provider answered: of two that show it at once, one finds it. No row when it is unknown, used, or older than ten minutes. Nothing is connected by it: app.park_grant, and the person''s app.confirm_grant, follow.';

select app.seal('app.take_oauth(bytea)', 'app_definer', 'voxanne_login');
