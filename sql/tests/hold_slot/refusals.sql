-- A hold is refused like a booking: with the reason and what to offer, and without taking what the call held.
begin;
\ir ../booking.psql
select plan(11);

select pg_temp.act_for('a');
select is(pg_temp.hold('04 10:00', p_service => 'Botox'), 'refused unknown_service', 'an unknown service');
select is(pg_temp.hold('04 10:00', p_resource => 'Nobody'), 'refused unknown_resource', 'an unknown practitioner');
select is(pg_temp.hold('04 10:00', p_service => 'Whitening', p_resource => 'Blake'), 'refused no_resource', 'one who does not give the service');
select is(pg_temp.hold('04 07:00'), 'refused past', 'the past');
select is(pg_temp.hold('09 10:00'), 'refused outside_hours', 'a Saturday');
select is(pg_temp.hold('04 10:00', p_resource => 'Avery'), 'held', 'a free one is held');
select is(pg_temp.hold('04 10:05', p_resource => 'Avery'), 'refused off_step', 'a crooked one is not');
select is(pg_temp.diary(), array['04 10:00 Avery (held)'], 'the refusal did not cost the hold');
select is(
  (select alternatives from app.hold_slot(:'call2', 'Checkup', pg_temp.t('04 10:00'), 'Avery')),
  array[pg_temp.t('04 09:15'), pg_temp.t('04 09:30'), pg_temp.t('04 10:30')], 'a taken one comes with the nearest that are free');
select throws_ok($$ select * from app.hold_slot('b0000000-0000-7000-8000-0000000000c1', 'Checkup', pg_temp.t('04 10:00')) $$, '23503', null,
  'a call of another clinic holds nothing');
select pg_temp.act_as('owner');
select throws_ok($$ select pg_temp.hold('04 10:00') $$, '42501', null, 'members do not hold: they book');

select * from finish();
rollback;
