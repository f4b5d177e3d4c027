create or replace function app.find_feed_tenant(p_token_hash bytea)
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select f.org_id
  from public.calendar_feeds f
  where f.token_hash = p_token_hash and f.revoked_at is null
    and exists (select from public.organizations o where o.id = f.org_id and o.deleted_at is null);
end
$$;

comment on function app.find_feed_tenant(bytea) is
  'Whose feed has this secret, given as its SHA-256: one organisation, or no row when nobody''s or closed. app.open_feed follows.';

select app.seal('app.find_feed_tenant(bytea)', 'app_definer', 'voxanne_login');
