create or replace function app.find_share_tenant(
  p_token_hash bytea
)
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select s.org_id from public.recording_shares s where s.token_hash = p_token_hash
$$;

comment on function app.find_share_tenant(bytea) is
  'Whose link has this token, given as its SHA-256: one organisation, or no row when nobody''s. Whether it opens is for app.open_share.';

select app.seal('app.find_share_tenant(bytea)', 'app_definer', 'voxanne_login');
