-- A call holds one slot at a time; choosing another gives the first one back.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.act_for('a');
select is(pg_temp.hold('04 10:00', p_resource => 'Avery'), 'held', 'a call holds a slot');
select is(pg_temp.diary(), array['04 10:00 Avery (held)'], 'it stands in the diary');
select is(pg_temp.hold('04 10:15', p_resource => 'Avery'), 'held', 'an overlapping one instead: its own hold is not in the way');
select is(pg_temp.diary(), array['04 10:15 Avery (held)'], 'the first went back');
select is(pg_temp.hold('04 10:15', 'c2', p_resource => 'Avery'), 'refused taken', 'another call cannot have it');
select is(pg_temp.hold('04 10:15', 'c2'), 'held', 'but the other practitioner');
select is(pg_temp.diary(), array['04 10:15 Avery (held)', '04 10:15 Blake (held)'], 'each call has one');
select is((select held_until from public.appointments where call_id = :'call1'), pg_temp.t('04 08:05'), 'for five minutes');
select is((select count(*) from public.appointments where patient_id is not null or contact_id is not null), 0::bigint, 'a hold names nobody');

select * from finish();
rollback;
