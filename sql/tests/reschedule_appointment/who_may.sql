-- A call moves what it booked or what its caller proved to be theirs; otherwise it does not even learn whether there is anything.
begin;
\ir ../booking.psql
select plan(16);

select pg_temp.owner($$
  insert into public.call_logs (org_id, id, vapi_call_id, direction, from_number) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000c5', 'call-5', 'inbound', '+13125550111') $$);
select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby', p_born => '1980-01-01'), pg_temp.book('05 10:00', 'Ann Quillby'), pg_temp.book('06 10:00', 'Ben Quillfeather', p_born => '1990-01-01');
create function pg_temp.move(p_call text, p_start text, p_which text default null, p_on date default null) returns text language sql as $$
  select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t(p_start), p_which, p_on, ('a0000000-0000-7000-8000-0000000000' || p_call)::uuid) b
$$;
select is(pg_temp.move('c5', '07 10:00'), 'refused not_verified', 'a later call of the same number');
select is(pg_temp.move('c5', '07 10:00', (select booking_ref from public.appointments limit 1)), 'refused not_verified', 'even with a reference');
select is(pg_temp.move('c2', '07 10:00'), 'refused not_verified', 'a stranger: the same answer');
select is(pg_temp.move('c1', '07 10:00'), 'question which_appointment', 'several are open to the call: which');
select is(pg_temp.move('c1', '07 10:00', null, '2030-03-06'), 'rescheduled', 'the day tells');
select is(pg_temp.move('c1', '07 10:00', null, '2030-03-08'), 'refused not_verified', 'a day with none: nothing proved, nothing confirmed');
select is(app.verify_caller('a0000000-0000-7000-8000-0000000000c5', '1980-01-01'), 'verified', 'the later caller proves to be Ann');
select is(pg_temp.move('c5', '07 12:00'), 'question which_appointment', 'Ann has two visits');
select is(pg_temp.move('c5', '07 12:00', null, '2030-03-04'), 'rescheduled', 'the one on the fourth moves');
select is(pg_temp.move('c5', '07 13:00', null, '2030-03-08'), 'refused not_found', 'none on that day');
select is(pg_temp.move('c5', '08 13:00', null, '2030-03-07'), 'rescheduled', 'Ben''s visit of the same day is not among hers');
select is(pg_temp.diary(), array['05 10:00 Avery', '07 10:00 Avery', '08 13:00 Avery'], 'and stands');
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.move('c1', '08 14:00') $$, 'VX403', null, 'a viewer moves nothing in the name of a call');
select throws_ok($$ select * from app.reschedule_appointment(pg_temp.t('08 14:00'), 'x') $$, 'VX403', null, 'nor otherwise');
select pg_temp.act_for('a');
select throws_ok($$ select * from app.reschedule_appointment(pg_temp.t('08 14:00'), 'x') $$, 'VX403', null, 'nor a webhook without a call');
select throws_ok($$ select * from app.reschedule_appointment(pg_temp.t('09 14:00'), p_call_id => 'a0000000-0000-7000-8000-0000000000c1', p_override => true) $$, 'VX403', null, 'and no call overrides');

select * from finish();
rollback;
