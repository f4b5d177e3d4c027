-- Staff cancel by id; viewers and callerless webhooks do not.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby');
select set_config('test.id', (select id::text from public.appointments), true);
create function pg_temp.cancel() returns text language sql as $$ select pg_temp.said(b) from app.cancel_appointment(current_setting('test.id')) b $$;
select throws_ok($$ select pg_temp.cancel() $$, 'VX403', null, 'a webhook without a call does not');
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.cancel() $$, 'VX403', null, 'a viewer does not');
select throws_ok($$ select * from app.cancel_appointment(p_call_id => 'a0000000-0000-7000-8000-0000000000c1') $$, 'VX403', null, 'not in the name of a call either');
select pg_temp.act_as('staff');
select is((select pg_temp.said(b) from app.cancel_appointment('not an id') b), 'refused not_found', 'what is no id is nothing');
select is(pg_temp.cancel(), 'cancelled', 'staff do');
select is(pg_temp.cancel(), 'cancelled again', 'a second time is no change');
select is((select actor_user_id from public.appointment_changes where kind = 'cancelled'), 'a0000000-0000-7000-8000-0000000000e3', 'the history says who');
select pg_temp.owner($$ update public.appointments set status = 'completed', cancelled_at = null $$);
select is(pg_temp.cancel(), 'refused not_active', 'what is over cannot be cancelled');
select pg_temp.owner($$ update public.profiles set org_id = 'b0000000-0000-7000-8000-000000000001' where role = 'admin' $$);
select set_config('request.jwt.claims', '{"sub": "a0000000-0000-7000-8000-0000000000e2", "app_metadata": {"org_id": "b0000000-0000-7000-8000-000000000001"}}', true);
select is(pg_temp.cancel(), 'refused not_found', 'another clinic''s staff find nothing');

select * from finish();
rollback;
