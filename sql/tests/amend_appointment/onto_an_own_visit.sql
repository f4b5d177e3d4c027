-- Under another name or at another time it would be a visit that the call has booked already: a question, and nothing changes.
begin;
\ir ../booking.psql
select plan(10);

select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery'), pg_temp.book('04 10:00', 'Ben Quillfeather', p_resource => 'Blake');
select set_config('test.ref', (select booking_ref from public.appointments where said_name like 'Ben%'), true);
create function pg_temp.amend(p_name text, p_start text default null, p_tool text default null) returns text language sql as $$
  select pg_temp.said(b) from app.amend_appointment('a0000000-0000-7000-8000-0000000000c1', current_setting('test.ref'), p_starts_at => pg_temp.t(p_start), p_patient_name => p_name, p_tool_call_id => p_tool) b
$$;
create function pg_temp.whose() returns text language sql as $$
  select string_agg(a.said_name || ', ' || p.name || to_char(a.scheduled_at at time zone 'America/Chicago', ' HH24:MI'), '; ' order by a.said_name, a.scheduled_at)
  from public.appointments a join public.patients p on p.id = a.patient_id
$$;
select is(pg_temp.amend('Ann Quillby', p_tool => 'tool-1'), 'question own_booking', 'Ben''s visit becomes Ann''s, who has that very one');
select is(pg_temp.whose(), 'Ann Quillby, Ann Quillby 10:00; Ben Quillfeather, Ben Quillfeather 10:00', 'nothing is renamed');
select is((select array_agg(name order by name) from public.patients), '{Ann Quillby,Ben Quillfeather}', 'nor is anybody');
select is((select outcome || ' ' || reason from public.booking_attempts where kind = 'amend'), 'question own_booking', 'the try is on record');
select is(pg_temp.amend('Cleo Quillfeather', p_tool => 'tool-1'), 'amended', 'the tool call may be answered with another name');

select pg_temp.book('04 11:00', 'Ann Quillby', p_resource => 'Blake');
select set_config('test.ref', (select booking_ref from public.appointments where said_name like 'Cleo%'), true);
select is(pg_temp.amend('Ann Quillby', '04 11:00'), 'question own_booking', 'moved and renamed onto Ann''s next visit');
select is(pg_temp.whose(), 'Ann Quillby, Ann Quillby 10:00; Ann Quillby, Ann Quillby 11:00; Cleo Quillfeather, Cleo Quillfeather 10:00', 'neither the time nor the name changes');
select is((select count(*) from public.appointment_changes where kind = 'amended'), 0::bigint, 'and no history says so');
select is(pg_temp.amend('Ann Quillby', '04 14:00'), 'amended', 'at a time of its own it may be Ann''s');
select is((select count(distinct patient_id) from public.appointments), 1::bigint, 'all three are one patient''s then');

select * from finish();
rollback;
