-- Staff move by id; with an override past the rules, audited, never past another visit.
begin;
\ir ../booking.psql
select plan(8);

select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery'), pg_temp.book('05 10:00', 'Ben Quillfeather', 'c2', p_resource => 'Avery');
select set_config('test.id', (select id::text from public.appointments where call_id = :'call1'), true);
create function pg_temp.move(p_start text, p_override boolean default false, p_resource text default null) returns text language sql as $$
  select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t(p_start), current_setting('test.id'), p_override => p_override, p_resource => p_resource) b
$$;
select pg_temp.act_as('staff');
select is(pg_temp.move('09 10:05'), 'refused outside_hours', 'the rules hold');
select is(pg_temp.move('09 10:05', true), 'rescheduled', 'unless overridden');
select is(pg_temp.move('05 10:15', true, 'Avery'), 'refused taken', 'but not onto another visit');
select is(pg_temp.diary(), array['05 10:00 Avery', '09 10:05 Avery'], 'the diary');
select is((select array_agg(action) from public.audit_log), '{reschedule_override}', 'the audit log');
select is((select actor_user_id from public.appointment_changes where kind = 'rescheduled'), 'a0000000-0000-7000-8000-0000000000e3', 'the history says who');
select is((select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t('06 10:00'), 'a0000000-0000-7000-8000-00000000dead') b), 'refused not_found', 'no such visit');
select app.cancel_appointment(current_setting('test.id'));
select is(pg_temp.move('06 10:00'), 'refused not_active', 'a cancelled one is not moved');

select * from finish();
rollback;
