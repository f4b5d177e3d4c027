-- The clock jumps by two hours, both ways, while a slot is held: it never belongs to two, and is never lost for good.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.act_for('a');
select is(pg_temp.hold('05 10:00', p_resource => 'Avery'), 'held', 'held for five minutes');
select set_config('test.id', (select a.id::text from public.appointments a where a.status = 'held'), true);
select pg_temp.clock('04 06:00');
select is(app.expire_hold(current_setting('test.id')::uuid), 0, 'two hours back it is a live hold, also for its job');
select is(pg_temp.book('05 10:00', 'Ann Quillby', 'c2', p_resource => 'Avery'), 'refused taken', 'nobody else gets it');
select is(pg_temp.book('05 10:00', 'Bea Quillby', 'c1', p_resource => 'Avery'), 'booked', 'its own call does');
select pg_temp.clock('04 08:00');
select is(pg_temp.hold('05 11:00', p_resource => 'Avery'), 'held', 'another one');
select pg_temp.clock('04 10:00');
select is(pg_temp.book('05 11:00', 'Ann Quillby', 'c2', p_resource => 'Avery'), 'booked', 'two hours forward it has run out');
select pg_temp.clock('04 08:00');
select is(pg_temp.book('05 11:00', 'Bea Quillby', 'c1', p_resource => 'Avery', p_another => true), 'refused taken', 'and does not come back with the clock');
select is(pg_temp.hold('05 11:00', 'c3', p_resource => 'Avery'), 'refused taken', 'nor for a third');
select is(pg_temp.diary(), array['05 10:00 Avery', '05 11:00 Avery'], 'each slot is one visit');

select * from finish();
rollback;
