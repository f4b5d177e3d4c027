create or replace function app.is_account_used(p_provider text, p_account_hash bytea, p_except uuid default null)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return exists (
      select from public.org_credentials c where c.account_hash = p_account_hash and c.provider = p_provider)
    or exists (
      select from public.oauth_states s
      where s.account_hash = p_account_hash and s.provider = p_provider and s.state = 'parked'
        and s.id is distinct from p_except and s.expires_at > app.now());
end
$$;

comment on function app.is_account_used(text, bytea, uuid) is
  'Whether any clinic is connected to the account, or about to be (but for the parked grant p_except). Revoking one grant at Google ends all that the person gave us, so it is only done when this is false. Says nothing of whose it is.';

select app.seal('app.is_account_used(text, bytea, uuid)', 'app_definer', 'app_writer', 'tenant_service');
