create or replace function app.orgs_with_retention()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select o.id
  from public.organizations o
  order by o.id
$$;

comment on function app.orgs_with_retention() is
  'All organisations: each keeps something for a limited time, and be it notifications. What has come to its end is for app.apply_retention to see, inside each.';

select app.seal('app.orgs_with_retention()', 'app_definer', 'voxanne_login');
