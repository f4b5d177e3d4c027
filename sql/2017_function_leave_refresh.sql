create or replace function app.leave_refresh(p_provider text, p_lease_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.org_credentials c
  set refresh_lease_id = null, refresh_until = null
  where c.org_id = app.require_org_id() and c.provider = p_provider and c.refresh_lease_id = p_lease_id;
end
$$;

comment on function app.leave_refresh(text, uuid) is
  'Gives the turn of app.begin_refresh back after a refresh that failed for now, so that the next need not wait for the lease to end.';

select app.seal('app.leave_refresh(text, uuid)', 'app_writer', 'tenant_service');
