-- Staff confirm what waits, once.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.owner($$ update public.organizations set approval_required = true $$);
select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby'), pg_temp.hold('04 12:00', 'c2');
select set_config('test.id', (select id::text from public.appointments where status = 'pending'), true),
  set_config('test.hold', (select id::text from public.appointments where status = 'held'), true);
create function pg_temp.approve(p_id text) returns text language sql as $$ select pg_temp.said(b) from app.approve_appointment(p_id::uuid) b $$;
select throws_ok($$ select pg_temp.approve(current_setting('test.id')) $$, '42501', null, 'a webhook does not approve');
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.approve(current_setting('test.id')) $$, 'VX403', null, 'a viewer does not');
select pg_temp.act_as('staff');
select is(pg_temp.approve(current_setting('test.hold')), 'refused not_found', 'a hold is no booking');
select is(pg_temp.approve(current_setting('test.id')), 'approved', 'staff do');
select is(pg_temp.diary(), array['04 10:00 Avery', '04 12:00 Blake (held)'], 'it is confirmed');
select is(pg_temp.approve(current_setting('test.id')), 'approved again', 'a second time is no change');
select is((select array_agg(kind || coalesce(' ' || right(actor_user_id::text, 2), '') order by kind) from public.appointment_changes), '{"approved e3",booked}', 'the history has it once, with who');
select app.cancel_appointment(current_setting('test.id'));
select is(pg_temp.approve(current_setting('test.id')), 'refused not_active', 'a cancelled one is not approved');
select is((select array_agg(kind || ' ' || outcome order by kind, outcome) from public.booking_attempts where actor_user_id is not null),
  '{"approve approved","approve approved","approve refused","approve refused","cancel cancelled"}', 'every try has its trace');

select * from finish();
rollback;
