create or replace function app.events_since(
  p_after_xid bigint,
  p_after_id bigint,
  p_upto_xid bigint,
  p_upto_id bigint,
  p_limit integer
)
returns setof app.relayed_event
language sql
stable
set search_path = ''
as $$
  select null::bigint, null::timestamptz, e.xid::text::bigint, e.id, e.org_id, e.kind, e.entity, e.entity_id, e.at
  from public.events e
  where e.org_id = app.current_org_id()
    and (e.xid, e.id) > (p_after_xid::text::xid8, p_after_id)
    and (e.xid, e.id) <= (p_upto_xid::text::xid8, p_upto_id)
  order by e.xid, e.id
  limit p_limit
$$;

comment on function app.events_since(bigint, bigint, bigint, bigint, integer) is
  'The tenant''s live events after one place and up to another, in the relay''s order: what a client missed while it was away. The end must be a place that the relay has reached. below and read_at are NULL.';

select app.seal('app.events_since(bigint, bigint, bigint, bigint, integer)', null, 'tenant_user');
