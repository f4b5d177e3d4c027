-- What calendars may say of visits is written into the events ahead at once; what happens to changes there is not.
begin;
\ir ../calendars.psql
select plan(6);

select pg_temp.act_for('a');
select is(pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery'), 'booked', 'a visit');
select is(pg_temp.work(pg_temp.visit('05 10:00')) || ' ' || pg_temp.settle(), 'put 1 avery 05 10:00 g1 true', 'is in the calendar');
select pg_temp.act_as('owner');
select is((select calendar_changes from app.set_org_settings('{"calendar_changes": "follow"}')), 'follow', 'changes are followed');
select is(pg_temp.jobs('sync_calendar_event'), 1::bigint, 'which writes nothing');
select is((select calendar_content from app.set_org_settings('{"calendar_content": "full"}')), 'full', 'names are told');
select is(pg_temp.jobs('sync_calendar_event'), 2::bigint, 'so the event is written anew');

select * from finish();
rollback;
