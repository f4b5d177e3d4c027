-- Slots on the days of the year that are an hour shorter or longer, in local time.
begin;
\ir ../booking.psql
select plan(2);

select pg_temp.owner($$
  insert into public.business_hours (org_id, location_id, weekday, opens, closes) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 0, '01:00', '04:00');
  update public.organizations set slot_step = '30 minutes', max_advance = '300 days' $$);
select pg_temp.act_for('a');
select is(pg_temp.offered('10 00:00', '11 00:00'), '01:00 01:30 03:00 03:30', 'no start in the hour that does not exist');
select is(
  (select array_agg(s.starts_at order by s.starts_at) from app.available_slots('Checkup', '2030-11-03 00:00 America/Chicago', '2030-11-04 00:00 America/Chicago') s),
  array(select g from generate_series(timestamptz '2030-11-03 06:00+00', '2030-11-03 09:30+00', interval '30 minutes') g),
  'eight starts where the hour comes twice');

select * from finish();
rollback;
