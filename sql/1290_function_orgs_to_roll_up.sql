create or replace function app.orgs_to_roll_up()
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

comment on function app.orgs_to_roll_up() is
  'Every organisation: which of them had calls is for app.roll_up_calls to see, inside each.';

select app.seal('app.orgs_to_roll_up()', 'app_definer', 'voxanne_login');
