-- Ids of transactions are given out in another order than they commit. What is below the oldest one that still runs
-- cannot change any more, so that reading up to there and going on from the last row misses nothing. The price: a
-- transaction that writes for long, anywhere in the cluster, delays what was announced after it began.
create or replace function app.relay_events(p_after_xid bigint, p_after_id bigint, p_limit integer)
returns setof app.relayed_event
language sql
volatile
security definer
set search_path = ''
as $$
  select s.below::text::bigint, app.now(), e.xid::text::bigint, e.id, e.org_id, e.kind, e.entity, e.entity_id, e.at
  from (select pg_snapshot_xmin(pg_current_snapshot()) as below) s
  left join lateral (
    select v.*
    from public.events v
    where v.xid < s.below and (v.xid, v.id) > (p_after_xid::text::xid8, p_after_id)
    order by v.xid, v.id
    limit p_limit
  ) e on true
  order by e.xid, e.id
$$;

comment on function app.relay_events(bigint, bigint, integer) is
  'The next live events of all tenants after the given place, in an order that later transactions only add to. At least one row, also when there is nothing new; a place of NULL asks only where the events end now. For the relay, which hands each tenant''s to that tenant.';

select app.seal('app.relay_events(bigint, bigint, integer)', 'app_definer', 'voxanne_login');
