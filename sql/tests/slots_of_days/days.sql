-- Whole days of the clinic; what is not its own is not there.
begin;
\ir ../booking.psql
select plan(10);
create function pg_temp.slots(p_from date, p_to date default null, p_service text default 'Checkup', p_resource text default null) returns text language sql as $$
  select count(*) || coalesce(' ' || to_char(min(starts_at at time zone time_zone), 'DD HH24:MI') || ' to ' || to_char(max(starts_at at time zone time_zone), 'DD HH24:MI'), '')
  from app.slots_of_days(p_from, p_to, p_service, p_resource, 1000)
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_as('viewer');
select matches(pg_temp.slots('2030-03-05'), '^\d+ 05 09:00 to 05 16:30$', 'one day, to every member');
select matches(pg_temp.slots('2030-03-05', '2030-03-06'), '^\d+ 05 09:00 to 06 16:30$', 'two days');
select is(pg_temp.slots('2030-03-09'), '0', 'a closed day');
select matches(pg_temp.slots('2030-03-05', p_service => :'whitening', p_resource => :'avery'), '^\d+ 05 09:00', 'by ids');
select throws_ok($$ select pg_temp.slots('2030-03-05', p_service => null) $$, 'VX400', null, 'of two services one must be named');
select throws_ok($$ select pg_temp.slots('2030-03-05', p_service => 'b0000000-0000-7000-8000-000000000021') $$, 'VX404', null, 'another clinic''s service');
select throws_ok($$ select pg_temp.slots('2030-03-05', p_resource => 'b0000000-0000-7000-8000-000000000031') $$, 'VX404', null, 'another clinic''s practitioner');
select throws_ok($$ select pg_temp.slots('2030-03-05', '2030-03-04') $$, 'VX400', null, 'in order');
select throws_ok($$ select pg_temp.slots('2030-03-05', '2030-05-05') $$, 'VX400', null, 'at most 61 days');
select throws_ok($$ select pg_temp.slots(null) $$, 'VX400', null, 'from a day');
select * from finish();
rollback;
