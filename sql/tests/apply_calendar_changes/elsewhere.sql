-- What a calendar still, or again, shows of a visit that another practitioner has by now changes nothing of it.
begin;
\ir ../calendars.psql
select plan(8);

select pg_temp.owner($$ update public.organizations set calendar_changes = 'follow' $$);
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery');
create temp table v as select pg_temp.visit('05 10:00') as id;
grant select on v to public;
select pg_temp.work(id) from v;
select is(pg_temp.settle(), true, 'in Avery''s calendar');
select pg_temp.act_as('staff');
select is(pg_temp.said(c), 'rescheduled', 'now Blake''s') from v, app.change_appointment(v.id, p_resource => 'Blake', p_override => true) c;
select pg_temp.act_for('a');
select is(pg_temp.work(id), 'remove 2 avery 05 10:00 g1', 'out of Avery''s') from v;
select is(pg_temp.settle('gone'), true, 'gone');
select pg_temp.wait('1 second');
select pg_temp.pull();
select is(pg_temp.apply(p_own => pg_temp.own(id, '05 14:00', '05 14:30')), 'applied 0 0 0 0', 'somebody brings it back there, at another time') from v;
select is(pg_temp.diary(), array['05 10:00 Blake'], 'Blake''s visit stands');
select is(pg_temp.told('calendar_moved'), 0::bigint, 'nobody is told');
select is((select outside from public.calendar_events), null, 'nothing stands open');

select * from finish();
rollback;
