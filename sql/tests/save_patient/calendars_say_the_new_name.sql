-- Calendars that name patients follow a corrected name; those that do not are left alone.
begin;
\ir ../calendars.psql
select plan(4);

create function pg_temp.rename(p_name text) returns bigint language sql as $$
  select count(*) from app.save_patient('a0000000-0000-7000-8000-0000000000d1', (select p.id from public.patients p), p_name)
$$;
select pg_temp.act_as('staff');
select pg_temp.staff_book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery');
select pg_temp.act_for('a');
select pg_temp.work(pg_temp.visit('05 10:00'));
select is(pg_temp.settle(), true, 'written');
select pg_temp.act_as('staff');
select pg_temp.rename('Nora Quillfeder');
select pg_temp.act_for('a');
select is(pg_temp.work(pg_temp.visit('05 10:00')), 'in_step', 'no name is there');
select pg_temp.owner($$ update public.organizations set calendar_content = 'full' $$);
select pg_temp.act_as('staff');
select pg_temp.rename('Nora Quillfether');
select pg_temp.act_for('a');
select is((select subject from app.take_calendar_event(pg_temp.visit('05 10:00'), pg_temp.lease(1))), 'Checkup – Nora Quillfether', 'the new name');
select is(pg_temp.jobs('sync_calendar_event') > 0, true, 'by a job');

select * from finish();
rollback;
