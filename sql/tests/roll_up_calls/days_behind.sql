-- Days of the clinic's zone that are over, and nobody else's; a day of its old zone goes.
begin;
\ir ../messages.psql
select plan(9);
update public.call_logs set started_at = pg_temp.t('01 23:59:59'), status = 'ended', outcome = 'missed', duration_seconds = 4 where id = :'call1';
update public.call_logs set started_at = pg_temp.t('03 00:00'), deleted_at = app.now() where id = :'call2';
update public.call_logs set started_at = pg_temp.t('04 00:00') where id = :'call3';
select pg_temp.act_as('owner');
select throws_ok('select app.roll_up_calls(9)', '42501', null, 'nobody''s request does it');
select pg_temp.act_for('a');
select is(app.roll_up_calls(2), 2, 'as many as asked for');
select is(app.roll_up_calls(9), 1, 'up to yesterday');
select is(app.roll_up_calls(9), 0, 'once');
select is((select string_agg(concat_ws(' ', to_char(day, 'DD'), calls, ended, missed, timed, seconds), ', ' order by day) from public.call_days),
  '01 1 1 1 1 4, 02 0 0 0 0 0, 03 1 0 0 0 0', 'a day without calls between, a deleted call, not the one of today');
select pg_temp.clock('05 00:00');
select is(app.roll_up_calls(9), 1, 'midnight has passed');
select pg_temp.owner($$ update public.organizations set time_zone = 'Europe/London' where slug = 'lakeside' $$);
select is(app.roll_up_calls(9), 3, 'all anew in another zone');
select is((select string_agg(concat_ws(' ', to_char(day, 'DD'), calls), ', ' order by day) from public.call_days), '02 1, 03 1, 04 1', 'on other days');
select pg_temp.act_for('b');
select is((select count(*) from public.call_days), 0::bigint, 'the neighbour''s are its own');
select * from finish();
rollback;
