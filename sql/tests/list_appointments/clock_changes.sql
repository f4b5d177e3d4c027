-- A day may begin at one o'clock, or begin twice: today and the days of a period are whole days all the same.
begin;
\ir ../booking.psql
select plan(7);
-- Cairo sets its clocks forward at midnight of the last Friday of April (the 26th in 2030), Havana back from one to midnight.
create function pg_temp.at_noon(p_day date, p_zone text) returns void language sql as $$
  select pg_temp.owner(format('update app.test_clock set at = (%L::date + time %L) at time zone %L', p_day, '12:00', p_zone)),
    pg_temp.owner(format('update public.organizations set time_zone = %L', p_zone))
$$;
create function pg_temp.today() returns bigint language sql as $$ select count(*) from app.list_appointments(p_range => 'today') $$;
insert into public.patients (org_id, id, contact_id, name, normalised_name)
values (:'lakeside', 'a0000000-0000-7000-8000-0000000000f1', :'contact', 'Ann Quillby', 'ann quillby');
insert into public.appointments (org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, booking_ref)
select :'lakeside', :'main', :'checkup', :'avery', :'contact', 'a0000000-0000-7000-8000-0000000000f1', s, '30 minutes',
  tstzrange(s, s + interval '30 minutes'), tstzrange(s, s + interval '30 minutes'), 'confirmed', 'dashboard', 'AAAAA' || n
from (values (2, '2030-04-25 21:30+00'::timestamptz), (3, '2030-04-25 22:00+00'), (4, '2030-11-03 03:30+00'), (5, '2030-11-03 04:00+00'), (6, '2030-11-03 05:30+00')) v (n, s);
select pg_temp.at_noon('2030-04-25', 'Africa/Cairo');
select pg_temp.act_as('viewer');
select is(pg_temp.today(), 1::bigint, 'until a midnight that the clock skips');
select pg_temp.at_noon('2030-04-26', 'Africa/Cairo');
select is(pg_temp.today(), 1::bigint, 'from it on');
select is((select count(*) from app.list_appointments(p_range => 'month')), 2::bigint, 'a month around it');
select pg_temp.at_noon('2030-11-03', 'America/Havana');
select is(pg_temp.today(), 2::bigint, 'both hours after a midnight that comes twice');
select throws_ok($$ select count(*) from app.list_appointments(p_range => 'decade') $$, 'VX400', null, 'no such range');
reset role;
update public.contacts set created_at = '2030-11-03 04:30+00' where id = :'contact';
select pg_temp.act_as('viewer');
select is((select new_today from app.contact_stats()), 1::bigint, 'a contact that came in the first of them is new today');
select is((select count(*) from app.list_contacts(p_from => '2030-11-03')), 1::bigint, 'and of that day');
select * from finish();
rollback;
