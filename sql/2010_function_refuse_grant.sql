create or replace function app.refuse_grant(p_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform app.require_admin();
  update public.oauth_states s
  set state = 'refused', expires_at = app.now()
  where s.org_id = app.require_org_id() and s.id = p_id and s.user_id = app.current_user_id() and s.state = 'parked';
  return found;
end
$$;

comment on function app.refuse_grant(uuid) is
  'The person who began does not want it: the tokens are given back to the provider by the next sweep. Returns whether there was such a parked grant of theirs. Owner and admin only (VX403).';

select app.seal('app.refuse_grant(uuid)', 'app_writer', 'tenant_user');
