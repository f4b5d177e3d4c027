-- The nights in which the clock is set, in three zones; Lord Howe's by half an hour.
begin;
select plan(24);
create function pg_temp.ends(p_local text, p_zone text, p_from time default '21:00', p_until time default '08:00') returns text
language sql as $$
  select to_char(app.night_end((p_local || ' ' || p_zone)::timestamptz, p_zone, p_from, p_until) at time zone p_zone, 'DD HH24:MI')
$$;
create function pg_temp.hours(p_local text, p_zone text) returns interval language sql as $$
  select app.night_end((p_local || ' ' || p_zone)::timestamptz, p_zone, '21:00', '08:00') - (p_local || ' ' || p_zone)::timestamptz
$$;
select is(pg_temp.ends('2030-03-09 21:00', 'America/New_York'), '10 08:00', 'New York, forward');
select is(pg_temp.hours('2030-03-09 21:00', 'America/New_York'), '10 hours', 'an hour shorter');
select is(pg_temp.ends('2030-11-02 21:00', 'America/New_York'), '03 08:00', 'New York, back');
select is(pg_temp.hours('2030-11-02 21:00', 'America/New_York'), '12 hours', 'an hour longer');
select is(pg_temp.hours('2030-03-30 21:00', 'Europe/London'), '10 hours', 'London, forward');
select is(pg_temp.hours('2030-10-26 21:00', 'Europe/London'), '12 hours', 'London, back');
select is(pg_temp.hours('2030-10-05 21:00', 'Australia/Lord_Howe'), '10:30', 'Lord Howe, forward by half an hour');
select is(pg_temp.hours('2030-04-06 21:00', 'Australia/Lord_Howe'), '11:30', 'Lord Howe, back by half an hour');
select is(pg_temp.ends('2030-10-05 21:00', 'Australia/Lord_Howe'), '06 08:00', 'eight by the clock there');

select is(pg_temp.ends('2030-03-09 20:59', 'America/New_York'), null, 'a minute before');
select is(pg_temp.ends('2030-03-10 08:00', 'America/New_York'), null, 'at its end');
select is(pg_temp.ends('2030-03-10 07:59', 'America/New_York'), '10 08:00', 'a minute before the end');
select is(pg_temp.ends('2030-03-10 12:00', 'America/New_York'), null, 'noon');
select is(pg_temp.ends('2030-03-10 00:00', 'America/New_York'), '10 08:00', 'midnight');
select is(pg_temp.ends('2030-03-10 12:00', 'America/New_York', '11:00', '14:00'), '10 14:00', 'within one day');
select is(pg_temp.ends('2030-03-10 23:00', 'America/New_York', '11:00', '14:00'), null, 'and not at night then');
select is(pg_temp.ends('2030-03-10 23:00', 'America/New_York', '08:00', '08:00'), null, 'no quiet hours');

-- An end that the clock skips is the moment it is set; one that comes twice is the second.
select is(pg_temp.ends('2030-03-10 01:00', 'America/New_York', '21:00', '02:30'), '10 03:00', 'skipped');
select is(pg_temp.ends('2030-03-31 00:30', 'Europe/London', '21:00', '01:30'), '31 02:00', 'skipped in London');
select is(pg_temp.ends('2030-10-06 01:00', 'Australia/Lord_Howe', '21:00', '02:15'), '06 02:30', 'skipped on Lord Howe');
select is(app.night_end('2030-11-03 05:45+00', 'America/New_York', '21:00', '01:30'), '2030-11-03 06:30+00', 'the first 01:45 is in the night that ends at the second 01:30');
select is(app.night_end('2030-10-27 00:45+00', 'Europe/London', '21:00', '01:30'), '2030-10-27 01:30+00', 'the same in London');
select is(app.night_end('2030-04-06 14:50+00', 'Australia/Lord_Howe', '21:00', '01:45'), '2030-04-06 15:15+00', 'and on Lord Howe');
select is(app.night_end('2030-11-03 06:30+00', 'America/New_York', '21:00', '01:30'), null, 'which is its end');
select * from finish();
rollback;
