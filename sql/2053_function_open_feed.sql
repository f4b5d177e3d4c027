create or replace function app.open_feed(p_token_hash bytea)
returns setof app.feed_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select a.id, lower(a.during), upper(a.during), w.subject, w.details, w.place, a.status = 'pending', a.updated_at
  from public.calendar_feeds f
  join public.appointments a on a.org_id = f.org_id and a.resource_id = f.resource_id
    and a.status in ('pending', 'confirmed', 'completed', 'no_show') and a.scheduled_at > app.now() - interval '30 days'
  cross join lateral app.words_of_visit(a.id) w
  where f.org_id = v_org_id and f.token_hash = p_token_hash and f.revoked_at is null
  order by a.scheduled_at, a.id;
end
$$;

comment on function app.open_feed(bytea) is
  'The visits of a feed''s resource, from thirty days ago on, in the words of app.words_of_visit. No row when it has none, or the feed is closed: app.find_feed_tenant says which.';

select app.seal('app.open_feed(bytea)', 'app_writer', 'tenant_service');
