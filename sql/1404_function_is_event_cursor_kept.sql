create or replace function app.is_event_cursor_kept(p_xid bigint)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_xid::text::xid8 > s.swept_xid
    -- A transaction that is still to come: the cursor is of another cluster, from before a restore.
    and p_xid::text::xid8 < pg_snapshot_xmax(pg_current_snapshot())
  from public.event_sweeps s
$$;

comment on function app.is_event_cursor_kept(bigint) is
  'Whether every event after this place is still there. Ask after reading on from it: what it then says holds for what was read.';

select app.seal('app.is_event_cursor_kept(bigint)', null, 'tenant_user');
