create or replace function app.is_event_cursor_kept(p_xid bigint)
returns boolean
language sql
stable
set search_path = ''
as $$
  -- What is still to come was written in another cluster, before a dump was restored here: such a cursor means nothing,
  -- such a sweep says nothing of this cluster's cursors.
  select n.cursor_xid < n.next_xid and (n.cursor_xid > s.swept_xid or s.swept_xid >= n.next_xid)
  from public.event_sweeps s,
    (select p_xid::text::xid8 as cursor_xid, pg_snapshot_xmax(pg_current_snapshot()) as next_xid) n
$$;

comment on function app.is_event_cursor_kept(bigint) is
  'Whether every event after this place is still there. Ask after reading on from it: what it then says holds for what was read.';

select app.seal('app.is_event_cursor_kept(bigint)', null, 'tenant_user');
