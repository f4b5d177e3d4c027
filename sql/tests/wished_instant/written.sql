-- With an offset it is that instant; without one it is what the clock on the wall shows.
begin;
\ir ../booking.psql
select plan(11);
create function pg_temp.wish(p_words text, p_zone text default 'America/Chicago') returns text language sql as $$
  select to_char(app.wished_instant(p_words, p_zone) at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_as('viewer');
select is(pg_temp.wish('2030-03-05 10:00'), '2030-03-05 16:00', 'local');
select is(pg_temp.wish(' 2030-03-05T10:00:30 '), '2030-03-05 16:00', 'with a T, seconds and blanks');
select is(pg_temp.wish('2030-03-05T16:00:00.000Z'), '2030-03-05 16:00', 'as JavaScript writes it');
select is(pg_temp.wish('2030-03-05T17:00+01:00', 'Europe/London'), '2030-03-05 16:00', 'an offset wins over the zone');
select is(pg_temp.wish(null), null, 'nothing');
select is(pg_temp.wish('2030-11-03 01:30'), '2030-11-03 06:30', 'the first of two');
select throws_ok($$ select pg_temp.wish('2030-03-10 02:30') $$, 'VX400', null, 'a time that the clock skips');
select throws_ok($$ select pg_temp.wish('2030-02-30 10:00') $$, 'VX400', null, 'no such day');
select throws_ok($$ select pg_temp.wish('2030-03-05T10:00+99:00') $$, 'VX400', null, 'no such offset');
select throws_ok($$ select pg_temp.wish('tomorrow') $$, 'VX400', null, 'words');
select throws_ok($$ select pg_temp.wish('infinity') $$, 'VX400', null, 'for ever');
select * from finish();
rollback;
