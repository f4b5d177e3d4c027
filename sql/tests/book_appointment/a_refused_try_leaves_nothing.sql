-- Except its trace: no contact, patient, event, notification, job or held slot remains of what was refused.
begin;
\ir ../booking.psql
select plan(11);

create function pg_temp.everything() returns jsonb language sql security definer as $$
  select jsonb_build_object(
    'contacts', (select jsonb_agg(k order by k.id) from public.contacts k), 'patients', (select jsonb_agg(p order by p.id) from public.patients p),
    'appointments', (select jsonb_agg(a order by a.id) from public.appointments a), 'calls', (select jsonb_agg(c order by c.id) from public.call_logs c),
    'events', (select count(*) from public.events), 'notifications', (select count(*) from public.notifications),
    'history', (select count(*) from public.appointment_changes), 'audit', (select count(*) from public.audit_log),
    'messages', (select count(*) from public.messages), 'jobs', (select count(*) from river.river_job))
$$;
select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery'), pg_temp.hold('04 12:00', 'c3');
select set_config('test.before', pg_temp.everything()::text, true), set_config('test.attempts', pg_temp.rows('public.booking_attempts')::text, true);
select is(pg_temp.book('04 10:00', 'Ben Quillfeather', 'c2', p_resource => 'Avery'), 'refused taken', 'taken');
select is(pg_temp.book('04 10:00', 'Ben Quillfeather', 'c2', 'Botox'), 'refused unknown_service', 'unknown');
select is(pg_temp.book('04 07:00', 'Ben Quillfeather', 'c3'), 'refused past', 'past, by a call that holds something');
select is(pg_temp.book('04 10:00', '', 'c2'), 'question name_missing', 'no name');
select is(pg_temp.book('04 10:00', 'An Quillby', 'c1'), 'question same_person', 'a near name');
select is(pg_temp.book('04 09:45', 'Ann Quillby', 'c1', 'Whitening', 'Blake'), 'refused no_resource', 'a change of mind that is impossible');
select is(pg_temp.hold('04 10:00', 'c2', p_resource => 'Avery'), 'refused taken', 'a hold');
select is((select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t('04 07:00'), p_call_id => :'call1') b), 'refused past', 'a move');
select is((select pg_temp.said(b) from app.cancel_appointment('ZZZZZZ', p_call_id => :'call2') b), 'refused not_verified', 'a cancellation');
select is(pg_temp.everything(), current_setting('test.before')::jsonb, 'everything is as it was');
select is(pg_temp.rows('public.booking_attempts') - current_setting('test.attempts')::bigint, 9::bigint, 'but each left its trace');

select * from finish();
rollback;
