-- Another call's live hold is taken, one's own is not, and an expired one is nobody's.
begin;
\ir ../booking.psql
select plan(6);

select pg_temp.owner($$ update public.business_hours set closes = '10:00' where org_id = 'a0000000-0000-7000-8000-000000000001' $$);
select pg_temp.act_for('a');
select is(pg_temp.hold('04 09:00', p_resource => 'Avery'), 'held', 'a call holds Avery at nine');
select is(pg_temp.offered('04 00:00', '05 00:00', p_resource => 'Avery', p_call => 'c2'), '09:30', 'another call does not get it offered');
select is(pg_temp.offered('04 00:00', '05 00:00', p_resource => 'Avery'), '09:30', 'nor does somebody without a call');
select is(pg_temp.offered('04 00:00', '05 00:00', p_resource => 'Avery', p_call => 'c1'), '09:00 09:15 09:30', 'the call itself does');
select pg_temp.clock('04 08:05');
select is(pg_temp.offered('04 00:00', '05 00:00', p_resource => 'Avery', p_call => 'c2'), '09:00 09:15 09:30', 'when the five minutes are over it is free, though the row is still there');
select is(pg_temp.rows('public.appointments'), 1::bigint, 'the row is still there');

select * from finish();
rollback;
