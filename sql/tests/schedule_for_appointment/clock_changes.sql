-- "24 hours before" is an amount of time: across a change of the clock the hour on the wall is another one.
begin;
\ir ../scheduled.psql
select plan(13);
update public.organizations set reminder_offsets = '{24:00:00}';
-- moved(zone, local time): the visit of the test, put there as the booking functions do.
create function pg_temp.moved(p_zone text, p_local timestamp) returns void language plpgsql security definer as $$
begin
  update public.locations set time_zone = p_zone where org_id = 'a0000000-0000-7000-8000-000000000001';
  update public.appointments
  set scheduled_at = p_local at time zone p_zone, during = tstzrange(p_local at time zone p_zone, p_local at time zone p_zone + interval '30 minutes'),
    blocked = tstzrange(p_local at time zone p_zone, p_local at time zone p_zone + interval '30 minutes');
end
$$;
-- due(zone): when the reminder is due on that zone's wall, and what it then says.
create function pg_temp.due(p_zone text) returns text language plpgsql as $$
declare
  v_due timestamptz := (select due_at from public.scheduled_messages where kind = 'reminder' and state = 'waiting');
  v_text text;
begin
  perform pg_temp.owner(format('update app.test_clock set at = %L', v_due));
  select b.text into v_text from app.take_scheduled(pg_temp.row('reminder')) b;
  perform pg_temp.owner($c$ update app.test_clock set at = '2030-03-04 14:00+00' $c$);
  return to_char(v_due at time zone p_zone, 'MM-DD HH24:MI | ') || substring(v_text from 'visit (.*?)[.] ');
end
$$;
create function pg_temp.told(p_zone text, p_local timestamp) returns text language plpgsql as $$
begin
  perform pg_temp.moved(p_zone, p_local);
  perform app.schedule_for_appointment((select id from public.appointments), 'rescheduled');
  return pg_temp.due(p_zone);
end
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_inside('a');
select is(pg_temp.book('06 10:00', 'Ann Quillby'), 'booked', 'a visit');
select pg_temp.hang_up();
set timezone = 'America/New_York';

select is(pg_temp.told('America/New_York', '2030-03-09 15:00'), '03-08 15:00 | Sat Mar 9, 3:00 PM', 'New York, the day before spring forward');
select is(pg_temp.told('America/New_York', '2030-03-10 15:00'), '03-09 14:00 | Sun Mar 10, 3:00 PM', 'over it: an hour earlier on the wall');
select is(pg_temp.told('America/New_York', '2030-03-11 15:00'), '03-10 15:00 | Mon Mar 11, 3:00 PM', 'past it');
select is(pg_temp.told('America/New_York', '2030-11-03 15:00'), '11-02 16:00 | Sun Nov 3, 3:00 PM', 'over fall back: an hour later');

select is(pg_temp.told('Europe/London', '2030-03-30 15:00'), '03-29 15:00 | Sat Mar 30, 3:00 PM', 'London, before');
select is(pg_temp.told('Europe/London', '2030-03-31 15:00'), '03-30 14:00 | Sun Mar 31, 3:00 PM', 'over the change in spring');
select is(pg_temp.told('Europe/London', '2030-10-27 15:00'), '10-26 16:00 | Sun Oct 27, 3:00 PM', 'over the change in autumn');

select is(pg_temp.told('Australia/Lord_Howe', '2030-04-06 15:00'), '04-05 15:00 | Sat Apr 6, 3:00 PM', 'Lord Howe, before');
select is(pg_temp.told('Australia/Lord_Howe', '2030-04-07 15:00'), '04-06 15:30 | Sun Apr 7, 3:00 PM', 'over its half hour back');
select is(pg_temp.told('Australia/Lord_Howe', '2030-10-06 15:00'), '10-05 14:30 | Sun Oct 6, 3:00 PM', 'over its half hour forward');

reset role;
update public.organizations set reminder_offsets = '{1 day}';
select pg_temp.act_inside('a');
select is(pg_temp.told('America/New_York', '2030-03-10 15:00'), '03-09 14:00 | Sun Mar 10, 3:00 PM', 'a day is 24 hours');
set timezone = 'UTC';
select is(pg_temp.told('America/New_York', '2030-11-03 15:00'), '11-02 16:00 | Sun Nov 3, 3:00 PM', 'whatever the session''s zone');
select * from finish();
rollback;
