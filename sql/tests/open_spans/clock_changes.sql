-- A night clinic: hours that reach into the hour which is skipped or repeated.
begin;
\ir ../booking.psql
select plan(3);

select pg_temp.owner($$
  insert into public.business_hours (org_id, location_id, weekday, opens, closes) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 0, '01:30', '04:00') $$);
select pg_temp.act_for('a');
create function pg_temp.open_for(p_day text) returns interval language sql as $$
  select o.closes_at - o.opens_at
  from app.open_spans(array['a0000000-0000-7000-8000-000000000031'::uuid], (p_day || ' America/Chicago')::timestamptz,
    ((p_day::date + 1)::text || ' America/Chicago')::timestamptz) o
$$;
select is(pg_temp.open_for('2030-03-03'), interval '2 hours 30 minutes', 'an ordinary Sunday');
select is(pg_temp.open_for('2030-03-10'), interval '1 hour 30 minutes', 'an hour less where the clock is set forward');
select is(pg_temp.open_for('2030-11-03'), interval '3 hours 30 minutes', 'an hour more where it is set back');

select * from finish();
rollback;
