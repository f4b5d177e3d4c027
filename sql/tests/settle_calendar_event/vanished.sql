-- An event that was deleted outside, and that we hear of only when we write it, is made anew.
begin;
\ir ../calendars.psql
select plan(9);
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery');
create temp table v as select pg_temp.visit('05 10:00') as id;
grant select on v to public;
select pg_temp.work(id) from v;
select pg_temp.settle();
select pg_temp.act_as('staff');
select pg_temp.said(c) from v, app.change_appointment(v.id, '2030-03-05T11:00', p_override => true) c;
select pg_temp.act_for('a');
select is(pg_temp.work(id), 'put 2 avery 05 11:00 g1', 'it is moved') from v;
select is(pg_temp.settle('missing'), true, 'and was not there');
select is((select concat_ws(' ', state, error_code, synced_version, desired_version) from public.calendar_events), 'gone 1 2', 'which is no failure');
select is(pg_temp.work(id), 'put 2 avery 05 11:00 g2', 'it is made anew') from v;
select is((select external_id from public.calendar_events), null, 'under an id that is not known');
select is(pg_temp.settle(), true, 'made');
select is(pg_temp.work(id), 'in_step', 'done') from v;
-- A failure and a change meanwhile: the job comes when the pause is over, not before, in vain.
select pg_temp.act_as('staff');
select pg_temp.said(c) from v, app.change_appointment(v.id, '2030-03-05T12:00', p_override => true) c;
select pg_temp.act_for('a');
select pg_temp.work(id) from v;
select pg_temp.act_as('staff');
select pg_temp.said(c) from v, app.change_appointment(v.id, '2030-03-05T13:00', p_override => true) c;
select pg_temp.act_for('a');
select is(pg_temp.settle('failed', p_pause => 90), true, 'it failed');
reset role;
select is((select j.scheduled_at - app.now() from river.river_job j where j.kind = 'sync_calendar_event' order by j.id desc limit 1),
  interval '90 seconds', 'the next try is after the pause');
select * from finish();
rollback;
