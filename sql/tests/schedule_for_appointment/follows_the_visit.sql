-- It is Monday 04 08:00; the clinic reminds 24 and 2 hours before.
begin;
\ir ../scheduled.psql
select plan(30);
select pg_temp.act_for('a');

select is(pg_temp.book('06 10:00', 'Ann Quillby'), 'booked', 'a call books');
select is(pg_temp.planned(), '{confirmation 04 08:02,reminder 24:00:00 05 10:00,reminder 02:00:00 06 08:00}', 'a confirmation in two minutes and both reminders wait');
select is(pg_temp.jobs(), '{04 08:02,05 10:00,06 08:00}', 'with a job each');
select is((select call_id from public.scheduled_messages where kind = 'confirmation'), :'call1', 'the confirmation knows its call');

select pg_temp.act_as('staff');
do $$
begin
  for i in 1..10 loop
    perform app.reschedule_appointment(pg_temp.t('07 ' || case when i = 10 then '15:00' else 9 + i / 2 || ':30' end)
        + case when i < 10 and i % 2 = 1 then interval '24 hours' else '0' end,
      p_appointment => a.id::text) from public.appointments a;
  end loop;
end
$$;
select is((select to_char(scheduled_at at time zone 'America/Chicago', 'DD HH24:MI') from public.appointments), '07 15:00', 'moved ten times');
select is((select count(*) from public.appointment_changes where kind = 'rescheduled'), 10::bigint, 'really');
select is(pg_temp.planned(), '{confirmation 04 08:00,reminder 24:00:00 06 15:00,reminder 02:00:00 07 13:00}', 'leaves one row of each kind, at the last time');
select is(pg_temp.rows('public.scheduled_messages'), 3::bigint, 'and no other row');
select is((select count(*) from unnest(pg_temp.jobs()) j where j in ('06 15:00', '07 13:00')), 2::bigint, 'with jobs at that time');

select pg_temp.owner($$ update public.appointments set confirmed_by_patient_at = app.now() $$);
select is((select app.reschedule_appointment(pg_temp.t('05 11:00'), p_appointment => id::text) is null from public.appointments), false, 'moved near');
select is((select confirmed_by_patient_at from public.appointments), null, 'what the patient confirmed counts no more');
select pg_temp.clock('04 10:58');
select is((select (app.reschedule_appointment(pg_temp.t('05 11:00'), p_appointment => id::text)).outcome from public.appointments), 'rescheduled', 'moved to where it is');
select is(pg_temp.planned(), '{confirmation 04 08:00,reminder 24:00:00 04 11:00,reminder 02:00:00 05 09:00}', 'changes nothing');
select is((select (app.reschedule_appointment(pg_temp.t('05 10:30'), p_appointment => id::text)).outcome from public.appointments), 'rescheduled', 'moved within the day before');
select is(pg_temp.planned(), '{confirmation 04 10:58,reminder 02:00:00 05 08:30}', 'a reminder that would be late does not wait');
select is(pg_temp.planned('cancelled'), '{reminder 24:00:00 04 11:00 too_late}', 'and says why');
select is((select (app.reschedule_appointment(pg_temp.t('07 11:00'), p_appointment => id::text)).outcome from public.appointments), 'rescheduled', 'moved away again');
select is(pg_temp.planned(), '{confirmation 04 10:58,reminder 24:00:00 06 11:00,reminder 02:00:00 07 09:00}', 'it is reminded of again');

select pg_temp.owner($$ update public.organizations set reminder_offsets = '{2 days}' where slug = 'lakeside' $$);
select is((select (app.reschedule_appointment(pg_temp.t('08 11:00'), p_appointment => id::text)).outcome from public.appointments), 'rescheduled', 'with other offsets');
select is(pg_temp.planned(), '{confirmation 04 10:58,reminder 2 days 06 11:00}', 'the new one counts');
select is((select count(*) from unnest(pg_temp.planned('cancelled')) c where c like '%not_wanted'), 2::bigint, 'those before are not wanted');

select is((select (app.cancel_appointment(id::text)).outcome from public.appointments), 'cancelled', 'cancelled');
select is(pg_temp.planned(), '{}', 'nothing waits');
select is((select count(*) from unnest(pg_temp.planned('cancelled')) c where c like '%not_active'), 2::bigint, 'because of that');

-- Approval first.
select pg_temp.owner($$ update public.organizations set approval_required = true, reminder_offsets = '{24:00:00}' where slug = 'lakeside' $$);
select pg_temp.act_for('a');
select is(pg_temp.book('12 10:00', 'Ben Quillby', 'c3'), 'booked', 'a booking that must be approved');
select is(pg_temp.planned(), '{}', 'plans nothing');
select pg_temp.act_as('staff');
select is((select (app.approve_appointment(id)).outcome from public.appointments where status = 'pending'), 'approved', 'approved');
select is(pg_temp.planned(), '{confirmation 04 10:58,reminder 24:00:00 11 10:00}', 'it is confirmed at once and reminded of');
select pg_temp.owner($$ update public.appointments set status = 'pending' where scheduled_at = pg_temp.t('12 10:00') $$);
set role app_writer;
select app.schedule_for_appointment(pg_temp.at('12 10:00'), 'rescheduled');
select is(pg_temp.planned(), '{}', 'back to pending: nothing until it is approved');

select pg_temp.owner($$ update public.appointments set status = 'confirmed' where scheduled_at = pg_temp.t('12 10:00') $$);
select pg_temp.act_inside('b');
select app.schedule_for_appointment(pg_temp.at('12 10:00'), 'booked');
select is(pg_temp.planned(), '{}', 'another clinic plans nothing for it');
select * from finish();
rollback;
