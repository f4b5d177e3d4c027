-- Every filter narrows, holds are not there, and the count is the whole list's.
begin;
\ir ../booking.psql
select plan(32);
create function pg_temp.list(
  p_status text[] default null, p_from text default null, p_to text default null, p_search text default null,
  p_sort text default 'scheduled_at', p_page integer default 1, p_limit integer default 20, p_contact uuid default null,
  p_resource uuid default null, p_service uuid default null, p_range text default null
) returns text[] language sql as $$
  select coalesce(array_agg(to_char(l.scheduled_at at time zone l.time_zone, 'DD HH24:MI ') || split_part(l.patient_name, ' ', 1) || ' ' || l.total order by n), '{}')
  from app.list_appointments(p_status, p_from, p_to, p_contact, p_resource, p_service, p_search, p_range, p_sort, p_page, p_limit)
    with ordinality l (id, booking_ref, status, scheduled_at, ends_at, duration_minutes, time_zone, location_id, location_name, service_id,
      service_name, resource_id, resource_name, patient_id, patient_name, contact_id, contact_name, phone_number, phone_was_spoken,
      contact_email, source, call_id, confirmation_sent, confirmed_by_patient_at, notes, cancelled_at, cancel_reason, overridden,
      created_at, updated_at, total, total_is_estimate, n)
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Ann Quillby', 'c1', p_resource => 'Avery'), pg_temp.book('06 23:30', 'Nobody Quill', 'c1'), pg_temp.hold('07 12:00', 'c2');
select pg_temp.act_as('staff');
select pg_temp.clock('04 08:01');
select pg_temp.staff_book('04 09:30', 'Zoe Quillfeather', 'Whitening');
select pg_temp.clock('04 08:02');
select pg_temp.staff_book('07 10:00', 'Ann Quillson', p_resource => 'Blake');
select pg_temp.owner($$ update public.organizations set approval_required = true $$);
select pg_temp.clock('04 08:03');
select pg_temp.staff_book('08 16:30', 'Pia Quillby', p_resource => 'Avery');
select app.cancel_appointment((select id::text from public.appointments where scheduled_at = pg_temp.t('07 10:00')));
select pg_temp.act_as('viewer');
select is(pg_temp.list(), '{"04 09:30 Zoe 4","05 10:00 Ann 4","07 10:00 Ann 4","08 16:30 Pia 4"}', 'all but the hold, in order of time, to every member');
select is(pg_temp.list(p_sort => '-scheduled_at'), '{"08 16:30 Pia 4","07 10:00 Ann 4","05 10:00 Ann 4","04 09:30 Zoe 4"}', 'the latest first');
select is(pg_temp.list(p_sort => 'created_at'), '{"05 10:00 Ann 4","04 09:30 Zoe 4","07 10:00 Ann 4","08 16:30 Pia 4"}', 'as they were booked');
select is((pg_temp.list(p_sort => '-created_at'))[1], '08 16:30 Pia 4', 'the last one booked first');
select is(pg_temp.list('{pending}'), '{"08 16:30 Pia 1"}', 'what waits for approval');
select is(pg_temp.list('{cancelled,pending}'), '{"07 10:00 Ann 2","08 16:30 Pia 2"}', 'two states');
select is(pg_temp.list('{held}'), '{}', 'holds cannot be asked for');
select is(pg_temp.list(p_from => '2030-03-05', p_to => '2030-03-07'), '{"05 10:00 Ann 2","07 10:00 Ann 2"}', 'days, both included');
select is(pg_temp.list(p_from => '2030-03-05 10:01'), '{"07 10:00 Ann 2","08 16:30 Pia 2"}', 'from a local time');
select is(pg_temp.list(p_to => '2030-03-05T16:00:00Z'), '{"04 09:30 Zoe 1"}', 'until an instant, not included');
select is(pg_temp.list(p_search => 'ann quill'), '{"05 10:00 Ann 2","07 10:00 Ann 2"}', 'part of the patient''s name');
select is(pg_temp.list(p_search => 'NORA'), '{"04 09:30 Zoe 3","07 10:00 Ann 3","08 16:30 Pia 3"}', 'the contact''s name');
select is(pg_temp.list(p_search => '(312) 555-0199'), '{"04 09:30 Zoe 3","07 10:00 Ann 3","08 16:30 Pia 3"}', 'a number, however written');
select is(pg_temp.list(p_search => '0312 555 0199'), '{"04 09:30 Zoe 3","07 10:00 Ann 3","08 16:30 Pia 3"}', 'as it is dialled at home');
select is(pg_temp.list(p_search => '%'), '{}', 'a percent sign is a percent sign');
select is(pg_temp.list(p_search => lower((select booking_ref from public.appointments where status = 'pending'))), '{"08 16:30 Pia 1"}', 'a booking reference');
select is(pg_temp.list(p_contact => :'contact'), '{"04 09:30 Zoe 3","07 10:00 Ann 3","08 16:30 Pia 3"}', 'a contact');
select is(pg_temp.list(p_resource => :'blake'), '{"07 10:00 Ann 1"}', 'a practitioner');
select is(pg_temp.list(p_service => :'whitening'), '{"04 09:30 Zoe 1"}', 'a service');
select is(pg_temp.list(p_contact => :'contact', p_service => :'checkup', p_status => '{pending}', p_search => 'pia', p_from => '2030-03-08', p_to => '2030-03-08', p_resource => :'avery'),
  '{"08 16:30 Pia 1"}', 'all of them together');
select is(pg_temp.list(p_page => 2, p_limit => 3), '{"08 16:30 Pia 4"}', 'the second page');
select is(pg_temp.list(p_page => 3, p_limit => 3), '{}', 'no third');
select is(pg_temp.list(p_range => 'today'), '{"04 09:30 Zoe 1"}', 'today');
select is(array_length(pg_temp.list(p_range => 'week'), 1), 4, 'this week');
select pg_temp.clock('03 23:59');
select is(pg_temp.list(p_range => 'week'), '{}', 'it begins on Monday');
select is(array_length(pg_temp.list(p_range => 'month'), 1), 4, 'this month');
select throws_ok($$ select pg_temp.list(p_range => 'today', p_to => '2030-03-05') $$, 'VX400', null, 'a range stands alone');
select throws_ok($$ select pg_temp.list(p_sort => 'name') $$, 'VX400', null, 'no such order');
select throws_ok($$ select pg_temp.list(p_limit => 101) $$, 'VX400', null, 'at most a hundred');
select throws_ok($$ select pg_temp.list(p_from => '2030-02-30') $$, 'VX400', null, 'no such day');
select pg_temp.owner($$ select set_config('request.jwt.claims', '{"sub": "b0000000-0000-7000-8000-0000000000e1", "app_metadata": {"org_id": "b0000000-0000-7000-8000-000000000001"}}', true) $$);
select is(pg_temp.list(), '{}', 'another clinic sees none');
select pg_temp.act_for('a');
select throws_ok($$ select pg_temp.list() $$, '42501', null, 'webhooks list nothing');
select * from finish();
rollback;
