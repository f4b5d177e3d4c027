-- When the call ends its hold goes back, whichever way the end is learned of.
begin;
\ir ../booking.psql
select plan(11);

select pg_temp.act_for('a');
select is(pg_temp.hold('04 10:00'), 'held', 'a call holds a slot');
select is(pg_temp.hold('04 11:00', 'c2'), 'held', 'another call too');
select app.record_call_event(:'call1', 'in-progress', app.now());
select is(pg_temp.diary(), array['04 10:00 Avery (held)', '04 11:00 Avery (held)'], 'a running call keeps it');
select app.record_call_event(:'call1', 'ended', app.now());
select is(pg_temp.diary(), array['04 11:00 Avery (held)'], 'an ended one does not');
select app.record_call_report(:'call2', app.now(), app.now(), 60, 'customer-ended-call', null, '[]', 0, false, '{}');
select is(pg_temp.diary(), '{}'::text[], 'nor one whose report came without the status');
select is(pg_temp.hold('04 10:00', 'c3'), 'held', 'a third holds');
select is(app.release_hold(:'call3'), 1, 'giving it back by hand tells that there was one');
select is(app.release_hold(:'call3'), 0, 'and the second time none');
select is(pg_temp.book('04 10:00', 'Ann Quillby', 'c3'), 'booked', 'a booking');
select is(app.release_hold(:'call3'), 0, 'is no hold');
select pg_temp.act_for('b');
select is(app.release_hold(:'call1'), 0, 'another clinic releases nothing here');

select * from finish();
rollback;
