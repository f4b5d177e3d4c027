-- Which of its visits a caller means: by reference alone, else by what is said of day, time and name.
begin;
\ir ../inside.psql
select plan(27);

select pg_temp.act_inside('a');
select pg_temp.book('04 10:00', 'Ann Quillby'), pg_temp.book('05 11:00', 'Anne Quillby'), pg_temp.book('05 14:00', 'José Quillfeather'),
  pg_temp.book('06 10:00', 'Ben Quillby'), pg_temp.hold('07 10:00');
create function pg_temp.meant(p_ref text default null, p_on text default null, p_at time default null, p_name text default null, p_call text default 'c1')
returns text language sql as $$
  select string_agg(split_part(p.name, ' ', 1), ' ' order by m.scheduled_at)
  from app.meant_appointments(pg_temp.call(p_call), p_ref, ('2030-03-' || p_on)::date, p_at, p_name) m join public.patients p on p.id = m.patient_id
$$;
select set_config('test.ref', (select booking_ref from public.appointments where id = pg_temp.at('06 10:00')), true);

select is(pg_temp.meant(), 'Ann Anne José Ben', 'nothing said: every visit, no hold');
select is(pg_temp.meant(p_on => '05'), 'Anne José', 'a day');
select is(pg_temp.meant(p_at => '10:00'), 'Ann Ben', 'a time on the clinic''s clock');
select is(pg_temp.meant(p_on => '05', p_at => '14:00'), 'José', 'both');
select is(pg_temp.meant(p_on => '05', p_at => '10:00'), null, 'a day and a time of different visits fit none');
select is(pg_temp.meant(p_on => '08'), null, 'a day without a visit');
select is(pg_temp.meant(p_at => '16:00'), null, 'a time without a visit');
select is(pg_temp.meant(p_name => 'Ann'), 'Ann', 'Ann by her first name is not Anne');
select is(pg_temp.meant(p_name => 'Anne Quillby'), 'Anne', 'nor is Anne Ann');
select is(pg_temp.meant(p_name => 'Anna Quillby'), 'Ann Anne', 'a name near to both may be either');
select is(pg_temp.meant(p_name => 'JOSE quillfeather'), 'José', 'accents and case do not count');
select is(pg_temp.meant(p_name => 'Cleo Quillfeather'), null, 'a name that fits none');
select is(pg_temp.meant(p_name => ' - '), 'Ann Anne José Ben', 'a name of which nothing is left says nothing');
select is(pg_temp.meant(p_on => '05', p_name => 'Ann Quillby'), 'Anne', 'near is near enough on a day that is only Anne''s');
select is(pg_temp.meant(p_on => '04', p_name => 'Ben'), null, 'a name that fits another day only');
select is(pg_temp.meant(current_setting('test.ref')), 'Ben', 'a reference');
select is(pg_temp.meant(lower(regexp_replace(current_setting('test.ref'), '(...)', '\1-'))), 'Ben', 'as it is spoken');
select is(pg_temp.meant(current_setting('test.ref'), '04', '11:00', 'Ann'), 'Ben', 'alone decides, whatever else is said');
select is(pg_temp.meant('ZZZZZZ'), null, 'an unknown one');
select is(pg_temp.meant('ZZZZZZ', '04', '10:00', 'Ann'), null, 'is not made up for by the rest');
select is(pg_temp.meant(pg_temp.at('05 14:00')::text), 'José', 'an id');
select is(pg_temp.meant(p_call => 'c2'), null, 'another call, which proved nothing, means none');
select is(pg_temp.meant(current_setting('test.ref'), p_call => 'c2'), null, 'not even by reference');
select pg_temp.owner($$ update public.locations set time_zone = 'America/New_York' where name = 'Main' $$);
select is(pg_temp.meant(p_at => '11:00'), 'Ann Ben', 'the clinic''s clock is the location''s');
select app.cancel_appointment(current_setting('test.ref'), p_call_id => :'call1');
select is(pg_temp.meant(current_setting('test.ref')), null, 'what is cancelled is not meant');
select pg_temp.clock('04 12:00');
select is(pg_temp.meant(), 'Anne José', 'nor what is past');
select pg_temp.owner($$ update public.appointments set said_name = 'Joe Quillby' where said_name like 'Jos%' $$);
select is(pg_temp.meant(p_name => 'Joe'), 'José', 'a visit goes by the name it was booked under too');

select * from finish();
rollback;
