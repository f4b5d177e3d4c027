-- Calls book for themselves by the rules; on the dashboard owner, admin and staff book, viewers do not.
begin;
\ir ../booking.psql
select plan(13);

select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.staff_book('04 10:00', 'Ann Quillby') $$, 'VX403', null, 'a viewer cannot');
select throws_ok($$ select pg_temp.staff_book('04 10:00', 'Ann Quillby', p_override => true) $$, 'VX403', null, 'nor with an override');
select throws_ok($$ select pg_temp.book('04 10:00', 'Ann Quillby') $$, 'VX403', null, 'nor in the name of a call');
select pg_temp.act_as('staff');
select is(pg_temp.staff_book('04 10:00', 'Ann Quillby'), 'booked', 'staff can');
select pg_temp.act_as('admin');
select is(pg_temp.staff_book('04 11:00', 'Ann Quillby'), 'booked', 'an admin can');
select pg_temp.act_as('owner');
select is(pg_temp.staff_book('04 12:00', 'Ann Quillby'), 'booked', 'the owner can');
select throws_ok($$ select * from app.book_appointment('Checkup', pg_temp.t('04 13:00'), 'Ann Quillby') $$, 'VX404', null, 'but for somebody');
select pg_temp.act_for('a');
select throws_ok($$ select pg_temp.staff_book('04 14:00', 'Ann Quillby') $$, 'VX403', null, 'a webhook without a call is nobody');
select throws_ok($$ select * from app.book_appointment('Checkup', pg_temp.t('04 14:00'), 'Ann Quillby', 'a0000000-0000-7000-8000-0000000000c1', p_override => true) $$,
  'VX403', null, 'a call overrides nothing');
select throws_ok($$ select * from app.book_appointment('Checkup', pg_temp.t('04 14:00'), 'Ann Quillby', 'a0000000-0000-7000-8000-0000000000c1',
  p_contact_id => 'a0000000-0000-7000-8000-0000000000d1') $$, 'VX403', null, 'nor does it choose whom it is from');
select throws_ok($$ select * from app.book_appointment('Checkup', pg_temp.t('04 14:00'), 'Ann Quillby', 'b0000000-0000-7000-8000-0000000000c1') $$,
  'VX404', null, 'another clinic''s call is none');
select pg_temp.owner($$ update public.profiles set role = 'viewer' where role = 'staff' $$);
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.staff_book('04 15:00', 'Ann Quillby') $$, 'VX403', null, 'who was downgraded cannot any more, whatever the token says');
select set_config('request.jwt.claims', '', true);
select throws_ok($$ select pg_temp.book('04 15:00', 'Ann Quillby') $$, 'VX401', null, 'without claims nothing at all');

select * from finish();
rollback;
