-- Completed or no_show, by staff, once it began; one may be corrected to the other.
begin;
\ir ../booking.psql
select plan(12);
create function pg_temp.conclude(p_status text, p_id text default current_setting('test.id')) returns text language sql as $$
  select pg_temp.said(b) from app.conclude_appointment(p_id::uuid, p_status) b
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Ann Quillby');
select set_config('test.id', (select id::text from public.appointments), true);
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.conclude('completed') $$, 'VX403', null, 'not by a viewer');
select pg_temp.act_as('staff');
select is(pg_temp.conclude('completed'), 'refused not_started', 'not yet');
select pg_temp.clock('05 10:00');
select is(pg_temp.conclude('no_show'), 'no_show', 'from its first minute');
select is(pg_temp.conclude('no_show'), 'no_show again', 'a second time is no change');
select is(pg_temp.conclude('completed'), 'completed', 'they came after all');
select is((select array_agg(kind || coalesce(' ' || right(actor_user_id::text, 2), '') order by at, kind = 'completed') from public.appointment_changes), '{booked,"no_show e3","completed e3"}', 'the history has both');
select is((select count(*) from public.scheduled_messages where state = 'waiting'), 0::bigint, 'nothing more is sent about it');
select throws_ok($$ select pg_temp.conclude('confirmed') $$, 'VX400', null, 'no other end');
select throws_ok($$ select pg_temp.conclude(null) $$, 'VX400', null, 'nor none');
select is(pg_temp.conclude('completed', 'b0000000-0000-7000-8000-000000000071'), 'refused not_found', 'no visit of another clinic');
select app.book_appointment('Checkup', pg_temp.t('06 10:00'), 'Ben Quill', p_contact_id => :'contact');
select app.cancel_appointment(id::text) from public.appointments where status = 'confirmed';
select is(pg_temp.conclude('completed', (select id::text from public.appointments where status = 'cancelled')), 'refused not_active', 'a cancelled one does not end again');
select pg_temp.act_for('a');
select throws_ok($$ select pg_temp.conclude('completed') $$, '42501', null, 'webhooks do not');
select * from finish();
rollback;
