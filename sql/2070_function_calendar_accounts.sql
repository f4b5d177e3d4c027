create or replace function app.calendar_accounts()
returns setof app.calendar_account
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select app.calendar_provider(p.credential), p.credential, c.connected_email, c.created_at, c.last_verified_at, c.needs_reconnect_at,
    c.verification_error, c.updated_at, (
      select count(*)::integer
      from public.calendar_links l
      where l.org_id = v_org_id and l.provider = app.calendar_provider(p.credential))
  from (values ('google_calendar', 1), ('outlook', 2)) p (credential, position)
  left join public.org_credentials c on c.org_id = v_org_id and c.provider = p.credential
  order by p.position;
end
$$;

comment on function app.calendar_accounts() is
  'The clinic''s account at every calendar provider, one row each, see app.calendar_account. Every member may ask; nothing sealed is told.';

select app.seal('app.calendar_accounts()', 'app_writer', 'tenant_user');
