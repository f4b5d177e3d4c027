-- A job that was lost is found.
begin;
\ir ../calendars.psql
select plan(7);

create function pg_temp.left() returns bigint language plpgsql as $$
declare
  v_left bigint;
begin
  set local role voxanne_login;
  v_left := (select count(*) from app.calendar_events_to_sync(10));
  reset role;
  return v_left;
end
$$;
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery');
reset role;
select is(pg_temp.left(), 0::bigint, 'its job is on the way');
select pg_temp.wait('2 minutes');
select is(pg_temp.left(), 1::bigint, 'it was lost');
set local role voxanne_login;
select is((select c::text from app.calendar_counts() c), '(1,0,0,1,120)', 'operators see it');
reset role;
select pg_temp.act_for('a');
select pg_temp.work(pg_temp.visit('05 10:00'));
reset role;
select is(pg_temp.left(), 0::bigint, 'a worker is at it');
select pg_temp.wait('5 minutes');
select is(pg_temp.left(), 1::bigint, 'it died');
select pg_temp.act_for('a');
select pg_temp.work(pg_temp.visit('05 10:00'), 2);
select pg_temp.settle('failed', 2, 3600);
reset role;
select pg_temp.wait('1 hour');
select is(pg_temp.left(), 0::bigint, 'its retry is on the way');
select pg_temp.act_for('a');
select pg_temp.work(pg_temp.visit('05 10:00'), 2);
select pg_temp.settle('there', 2);
reset role;
select pg_temp.wait('1 hour');
select is(pg_temp.left(), 0::bigint, 'in step');

select * from finish();
rollback;
