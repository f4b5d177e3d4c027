-- Night is where the recipient is: the contact's zone, else the number's region, else the clinic's.
begin;
\ir ../messages.psql
select plan(15);

create function pg_temp.next(p_local text, p_zones text[] default '{}', p_contact text default 'd1') returns text language sql as $$
  select to_char(app.next_sending_time(('a0000000-0000-7000-8000-0000000000' || p_contact)::uuid, p_zones, pg_temp.t(p_local))
    at time zone 'America/Chicago', 'DD HH24:MI')
$$;
grant execute on function pg_temp.next to public;
select pg_temp.act_inside('a');
select is(pg_temp.next('04 12:00'), '04 12:00', 'by day at once');
select is(pg_temp.next('04 20:59'), '04 20:59', 'until nine');
select is(pg_temp.next('04 21:00'), '05 08:00', 'then at eight, in the clinic''s zone');
select is(pg_temp.next('04 20:00', '{America/New_York}'), '05 07:00', 'the number''s zone, where it is nine');
select is(pg_temp.next('04 20:00', '{America/New_York,America/Chicago}'), '04 20:00', 'the clinic''s, when the region has it');
select is(pg_temp.next('05 07:00', '{America/New_York,America/Los_Angeles}'), '05 10:00', 'else day in all of them');
select is(pg_temp.next('04 19:30', '{America/New_York,America/Los_Angeles}'), '04 19:30', 'which it may be');
select is(pg_temp.next('04 12:00', '{Asia/Tokyo,Pacific/Honolulu,Europe/London}'), '04 12:00', 'zones that share no day leave the clinic''s');
select is(pg_temp.next('04 22:00', '{Asia/Tokyo,Pacific/Honolulu,Europe/London}'), '05 08:00', 'and its night');
select is(pg_temp.next('04 22:00', '{Etc/Unknown,nonsense,UTC+3}'), '05 08:00', 'what is no zone counts for nothing');
select is(pg_temp.next('04 22:00', null), '05 08:00', 'nor does nothing');
select is(pg_temp.next('04 22:00', '{}', 'dd'), '05 08:00', 'nobody''s contact');
select pg_temp.owner($$ update public.contacts set time_zone = 'Europe/London' where id = 'a0000000-0000-7000-8000-0000000000d1' $$);
select is(pg_temp.next('04 16:00', '{America/Chicago}'), '05 02:00', 'the contact''s own zone before all: ten at night in London');
select is(pg_temp.next('05 02:00', '{America/Chicago}'), '05 02:00', 'where the day begins');
select pg_temp.owner($$ update public.organizations set quiet_from = '00:00', quiet_until = '00:00' $$);
select is(pg_temp.next('04 16:00'), '04 16:00', 'no quiet hours');

select * from finish();
rollback;
