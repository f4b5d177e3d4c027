create or replace function app.orgs_to_reseal(
  p_key_id text
)
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select distinct c.org_id
  from public.org_credentials c
  where c.key_id <> p_key_id
  order by c.org_id
$$;

comment on function app.orgs_to_reseal(text) is
  'The organisations, of all, that have a credential sealed with another key than this one; none: the other keys may go.';

select app.seal('app.orgs_to_reseal(text)', 'app_definer', 'voxanne_login');
