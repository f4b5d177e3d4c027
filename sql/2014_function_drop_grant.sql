create or replace function app.drop_grant(p_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  delete from public.oauth_states s
  where s.org_id = app.require_org_id() and s.id = p_id and s.expires_at <= app.now();
  return found;
end
$$;

comment on function app.drop_grant(uuid) is 'Forgets a grant that app.take_old_grants gave out and whose tokens are given back. Returns whether it was still there.';

select app.seal('app.drop_grant(uuid)', 'app_writer', 'tenant_service');
