-- A busy time over a visit is told once and never takes the visit away.
begin;
\ir ../calendars.psql
select plan(14);

select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery');
select pg_temp.book('05 10:00', 'Ada Quillby', p_resource => 'Blake');
select pg_temp.pull();
select is(pg_temp.apply('{a}', '{"05 10:15"}', '{"05 12:00"}', p_whole => true), 'applied 1 1 0 0', 'over Avery''s visit');
select is(pg_temp.told('calendar_conflict'), 1::bigint, 'staff are told');
select is(pg_temp.diary(), array['05 10:00 Avery', '05 10:00 Blake'], 'the visits stand');
select pg_temp.pull();
select is(pg_temp.apply('{a}', '{"05 10:15"}', '{"05 12:00"}', p_whole => true), 'applied 1 0 0 0', 'read again');
select pg_temp.pull();
select is(pg_temp.apply('{a}', '{"05 10:20"}', '{"05 12:00"}', p_removed => '{a}'), 'applied 1 0 0 0', 'moved a little');
select is(pg_temp.told('calendar_conflict'), 1::bigint, 'no more is told');
select is((select conflicts from app.calendar_health()), 1, 'it still shows');
select pg_temp.pull();
select is(pg_temp.apply(p_removed => '{a}'), 'applied 0 0 0 0', 'the time is free');
select is((select conflicts from app.calendar_health()), 0, 'it is over');
select pg_temp.pull();
select is(pg_temp.apply('{a}', '{"05 10:00"}', '{"05 10:30"}'), 'applied 1 1 0 0', 'and begins anew');
select is(pg_temp.told('calendar_conflict'), 2::bigint, 'which is news');
select pg_temp.pull();
select is(pg_temp.apply('{n}', '{"05 09:00"}', '{"05 10:00"}'), 'applied 2 0 0 0', 'up to the visit is beside it');
-- Staff who book over a busy time know it.
select pg_temp.act_as('staff');
select is(pg_temp.staff_book('05 09:00', 'Ben Quillon', p_resource => 'Avery', p_override => true), 'booked', 'by staff');
select pg_temp.act_for('a');
select pg_temp.pull();
select is(pg_temp.apply(), 'applied 2 0 0 0', 'is no conflict that came from outside');

select * from finish();
rollback;
