create or replace function app.feed_name(p_token_hash bytea)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_name text;
begin
  select r.name || ' – ' || o.name into v_name
  from public.calendar_feeds f
  join public.resources r on r.org_id = f.org_id and r.id = f.resource_id
  join public.organizations o on o.id = f.org_id
  where f.org_id = app.require_org_id() and f.token_hash = p_token_hash and f.revoked_at is null;
  return v_name;
end
$$;

comment on function app.feed_name(bytea) is
  'What a feed is called where it is subscribed to: its resource and the clinic, which whoever has the address was told with it. NULL: no such feed, or it is closed.';

select app.seal('app.feed_name(bytea)', 'app_writer', 'tenant_service');
