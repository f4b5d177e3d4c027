-- A booking blocks its buffers too, and refuses what would touch them on either side.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.owner($$ update public.organizations set buffer_before = '10 minutes', buffer_after = '20 minutes' where slug = 'lakeside' $$);
select pg_temp.act_for('a');
select is(pg_temp.book('04 12:00', 'Ann Quillby', p_resource => 'Avery'), 'booked', '12:00 to 12:30');
select is((select blocked from public.appointments), tstzrange(pg_temp.t('04 11:50'), pg_temp.t('04 12:50')), 'blocks 11:50 to 12:50');
select is((select during from public.appointments), tstzrange(pg_temp.t('04 12:00'), pg_temp.t('04 12:30')), 'and is told as 12:00 to 12:30');
select is((select ends_at from app.find_my_appointments(:'call1')), pg_temp.t('04 12:30'), 'to the caller as well');
select is(pg_temp.tried(pg_temp.t('04 12:45'), p_resource => 'Avery'), 'refused taken', '12:45 begins to be prepared too early');
select is(pg_temp.tried(pg_temp.t('04 13:00'), p_resource => 'Avery'), 'booked', '13:00 begins to be prepared as the other ends');
select is(pg_temp.tried(pg_temp.t('04 11:15'), p_resource => 'Avery'), 'refused taken', '11:15 would be tidied up too late');
select is(pg_temp.tried(pg_temp.t('04 11:00'), p_resource => 'Avery'), 'booked', '11:00 is tidied up as the other begins');
select is(pg_temp.tried(pg_temp.t('04 12:00'), p_resource => 'Blake'), 'booked', 'the other practitioner is free');

select * from finish();
rollback;
