-- A clinic that approves bookings gets them pending; they take the slot all the same.
begin;
\ir ../booking.psql
select plan(6);

select pg_temp.owner($$ update public.organizations set approval_required = true $$);
select pg_temp.act_for('a');
select is((select (pg_temp.said(b), b.status)::text from app.book_appointment('Checkup', pg_temp.t('04 10:00'), 'Ann Quillby', :'call1', p_resource => 'Avery') b),
  '(booked,pending)', 'the answer says that it waits');
select is(pg_temp.book('04 10:00', 'Ben Quillby', 'c2', p_resource => 'Avery'), 'refused taken', 'its time is taken');
select is((select array_agg(kind) from public.notifications), array['approval_needed'], 'the staff are told');
select pg_temp.act_as('staff');
select is(pg_temp.staff_book('04 11:00', 'Ben Quillby'), 'booked', 'what staff book');
select is(pg_temp.staff_book('04 11:00', 'Ben Quillby', p_override => true), 'booked', 'or book with an override');
select is(pg_temp.diary(), array['04 10:00 Avery (pending)', '04 11:00 Avery', '04 11:00 Blake (pending)'], 'only an override is an approval in itself');

select * from finish();
rollback;
