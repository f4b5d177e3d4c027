-- The sweep says how far it went; a cursor from before it, or from another cluster, is told so.
begin;
\ir ../booking.psql
select plan(9);
insert into public.events (org_id, xid, kind, entity, entity_id, at)
select :'lakeside', x::text::xid8, 'call_update', 'call', :'call1', app.now() - d * interval '1 day'
from (values (200, 9), (100, 8), (300, 1)) v (x, d);
select pg_temp.act_as('viewer');
select ok(app.is_event_cursor_kept(50), 'nothing was swept');
select throws_ok('update public.event_sweeps set swept_xid = swept_xid', '42501', null, 'no member says so');
reset role;
set role voxanne_login;
select is(app.sweep_platform('2030-02-25', null), 2::bigint, 'two are old');
select is(app.sweep_platform('2030-02-25', null), 0::bigint, 'nothing more');
reset role;
select pg_temp.act_as('viewer');
select ok(not app.is_event_cursor_kept(150), 'what came after it is gone');
select ok(app.is_event_cursor_kept(201), 'what comes after this is there');
select ok(not app.is_event_cursor_kept(4611686018427387904), 'a place that is still to come');
reset role;
insert into public.events (org_id, xid, kind, entity, entity_id, at)
values (:'lakeside', '4611686018427387904', 'call_update', 'call', :'call1', '2030-02-01');
set role voxanne_login;
select is(app.sweep_platform('2030-02-25', null), 1::bigint, 'one from another cluster');
reset role;
select pg_temp.act_as('viewer');
select ok(app.is_event_cursor_kept(201), 'says nothing of this one');
select * from finish();
rollback;
