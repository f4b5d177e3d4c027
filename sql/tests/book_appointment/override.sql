-- Staff may set the rules aside, never the diary itself; each time is audited.
begin;
\ir ../booking.psql
select plan(12);

select pg_temp.act_as('staff');
select is(pg_temp.staff_book('09 10:05', 'Ann Quillby'), 'refused outside_hours', 'without an override the rules hold for staff');
select is(pg_temp.staff_book('09 10:05', 'Ann Quillby', p_override => true), 'booked', 'with it they do not');
select is(pg_temp.staff_book('04 06:00', 'Ann Quillby', p_override => true), 'booked', 'not even the past');
select is(pg_temp.diary(), array['04 06:00 Avery', '09 10:05 Avery'], 'both stand');
select is((select count(*) from public.appointments where overridden_by = 'a0000000-0000-7000-8000-0000000000e3' and source = 'dashboard'), 2::bigint, 'with who did it');
select is((select array_agg(action || ' ' || (actor_user_id = 'a0000000-0000-7000-8000-0000000000e3')) from public.audit_log), '{"booking_override true","booking_override true"}', 'and in the audit log');
select is(pg_temp.staff_book('09 10:10', 'Ben Quillby', p_resource => 'Avery', p_override => true), 'refused taken', 'two visits at once are impossible');
select is(pg_temp.staff_book('09 10:10', 'Ben Quillby', p_override => true), 'booked', 'another practitioner is not');
select is(pg_temp.staff_book('09 10:20', 'Cleo Quillby', p_override => true), 'refused taken', 'until all are taken');
select is((select count(*) from public.audit_log), 3::bigint, 'what was refused is not audited as done');
select pg_temp.act_for('a');
select is(pg_temp.hold('05 10:00', p_resource => 'Avery'), 'held', 'a caller holds a slot');
select pg_temp.act_as('owner');
select is(pg_temp.staff_book('05 10:00', 'Dora Quillby', p_resource => 'Avery', p_override => true), 'refused taken', 'which is not taken from under them');

select * from finish();
rollback;
