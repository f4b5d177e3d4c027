-- A job makes the event what the visit is when it looks, whatever it was put in the queue for.
begin;
\ir ../calendars.psql
select plan(34);

select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery');
create temp table v as select pg_temp.visit('05 10:00') as id;
grant select on v to public;
select is(pg_temp.work(id), 'put 1 avery 05 10:00 g1', 'it must be there') from v;
select is(pg_temp.work(id, 2), 'busy', 'one worker at a time') from v;
select is(pg_temp.settle('there', 2), false, 'who has no lease settles nothing');
select is(pg_temp.settle(), true, 'the first does');
select is(pg_temp.work(id), 'put 2 avery 05 10:00 g1', 'a write without a lease is looked at again') from v;
select is(pg_temp.settle(), true, 'done');
select is(pg_temp.work(id), 'in_step', 'and that is all') from v;

-- Changed while a worker is at it.
select pg_temp.act_as('staff');
select is(pg_temp.said(c), 'rescheduled', 'moved') from v, app.change_appointment(v.id, '2030-03-05T11:00', p_override => true) c;
select pg_temp.act_for('a');
select is(pg_temp.work(id), 'put 3 avery 05 11:00 g1', 'the new time') from v;
select pg_temp.act_as('staff');
select is(pg_temp.said(c), 'cancelled', 'cancelled meanwhile') from v, app.change_appointment(v.id, p_status => 'cancelled') c;
select pg_temp.act_for('a');
select is(pg_temp.work(id, 2), 'busy', 'its own job meets the lease') from v;
create temp table jobs_before as select pg_temp.jobs('sync_calendar_event') as n;
grant select on jobs_before to public;
select is(pg_temp.settle(), true, 'the first wrote the earlier version');
select is(pg_temp.jobs('sync_calendar_event') - n, 1::bigint, 'and sees to it that another look is taken') from jobs_before;
select is(pg_temp.work(id), 'remove 4 avery 05 11:00 g1', 'which finds it cancelled') from v;
select is(pg_temp.settle('gone'), true, 'gone');
select is(pg_temp.work(id), 'in_step', 'for good') from v;

-- The same event once more counts as another one for Graph; one that was never made needs no deletion.
select pg_temp.owner(format('update public.appointments set status = ''confirmed'', cancelled_at = null where id = %L', id)) from v;
select pg_temp.owner('update public.calendar_events set desired_version = 5');
select is(pg_temp.work(id), 'put 5 avery 05 11:00 g2', 'another generation') from v;
select is((select generation || coalesce(external_id, ' none') from public.calendar_events), '2 none', 'whose id is not known');
select pg_temp.wait('121 seconds');
select is(pg_temp.work(id, 2), 'put 5 avery 05 11:00 g2', 'the worker died: the same again') from v;
select is(pg_temp.settle('failed', 2), true, 'and fails');
select is((select state || ' ' || error_code || ' ' || (retry_at - app.now()) from public.calendar_events), 'none unavailable 00:01:00', 'is tried again later');
select is(pg_temp.work(id), 'busy', 'not now') from v;
select pg_temp.act_as('staff');
select pg_temp.said(c) from v, app.change_appointment(v.id, p_status => 'cancelled') c;
select pg_temp.act_for('a');
select is(pg_temp.work(id), 'remove 6 avery 05 11:00 g2', 'perhaps it was made: remove it') from v;
select is(pg_temp.settle('gone'), true, 'done');
select pg_temp.book('05 12:00', 'Ada Quillby', p_resource => 'Avery');
select pg_temp.act_as('staff');
select pg_temp.said(c) from app.change_appointment(pg_temp.visit('05 12:00'), p_status => 'cancelled') c;
select pg_temp.act_for('a');
select is(pg_temp.work(pg_temp.visit('05 12:00')), 'in_step', 'booked and cancelled before anybody looked');

-- Another practitioner: out of one calendar, into none.
select pg_temp.book('06 10:00', 'Ben Quillon', p_resource => 'Avery');
create temp table w as select pg_temp.visit('06 10:00') as id;
grant select on w to public;
select is(pg_temp.work(id), 'put 1 avery 06 10:00 g1', 'Avery''s') from w;
select is(pg_temp.settle(), true, 'is there');
select pg_temp.act_as('staff');
select is(pg_temp.said(c), 'rescheduled', 'now Blake''s') from w, app.change_appointment(w.id, p_resource => 'Blake', p_override => true) c;
select pg_temp.act_for('a');
select is(pg_temp.work(id), 'remove 2 avery 06 10:00 g1', 'out of Avery''s') from w;
select is(pg_temp.settle('gone'), true, 'gone');
select is((select count(*) from app.calendar_health() h where h.events_waiting > 0), 0::bigint, 'nothing waits');

-- What is over is not made any more.
select pg_temp.book('04 10:00', 'Cleo Quillan', p_resource => 'Avery');
select pg_temp.clock('04 12:00');
select is(pg_temp.work(pg_temp.visit('04 10:00')), 'in_step', 'too late to write it down');
select pg_temp.act_for('b');
select is(pg_temp.work(id), 'in_step', 'another clinic has no such visit') from v;
select pg_temp.act_as('owner');
select throws_ok($$ select pg_temp.work('a0000000-0000-7000-8000-000000000071') $$, '42501', null, 'people do not take jobs');

select * from finish();
rollback;
