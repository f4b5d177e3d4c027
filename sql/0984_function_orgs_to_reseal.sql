create or replace function app.orgs_to_reseal(
  p_key_id text
)
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.orgs_to_reseal is not written yet';
end
$$;

comment on function app.orgs_to_reseal(text) is
  'Not written yet.';

select app.seal('app.orgs_to_reseal(text)', 'app_definer', 'voxanne_login');
