create or replace function app.orgs_with_old_grants()
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select s.org_id
  from public.oauth_states s
  where s.expires_at <= app.now() and (s.lease_until is null or s.lease_until <= app.now())
  union
  select c.org_id
  from public.org_credentials c
  join public.organizations o on o.id = c.org_id and o.deleted_at is not null
  where app.calendar_provider(c.provider) is not null;
end
$$;

comment on function app.orgs_with_old_grants() is 'The organisations, of all, for which app.take_old_grants has something to do now; also deleted ones whose calendars are still connected.';

select app.seal('app.orgs_with_old_grants()', 'app_definer', 'voxanne_login');
