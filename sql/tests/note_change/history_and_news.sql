begin;
\ir ../inside.psql
select plan(5);

select pg_temp.act_inside('a');
select pg_temp.book('05 10:00', 'Ann Quillby', p_resource => 'Avery');
select results_eq($$ select kind, old_during, new_during, old_resource_id, new_resource_id, call_id, actor_user_id from public.appointment_changes $$,
  format($$ select 'booked', null::tstzrange, during, null::uuid, %L::uuid, %L::uuid, null::uuid from public.appointments $$, :'avery', :'call1'), 'a new booking comes from nowhere');
select is((select kind from public.events where entity = 'appointment'), 'appointment_created', 'and is announced as new');

select pg_temp.act_as('staff');
set role app_writer;
select app.note_change('approved', a.id, a, null) from public.appointments a;
select results_eq($$ select old_during = new_during, old_resource_id = new_resource_id, call_id, actor_user_id from public.appointment_changes where kind = 'approved' $$,
  $$ values (true, true, null::uuid, 'a0000000-0000-7000-8000-0000000000e3'::uuid) $$, 'a change in place, by a member');
select results_eq($$ select kind, entity_id from public.events where entity = 'appointment' order by id desc limit 1 $$,
  $$ select 'appointment_updated', id from public.appointments $$, 'is announced as a change');
select throws_ok($$ select app.note_change('forgotten', a.id, a, null) from public.appointments a $$, '23514', null, 'no other kind');

select * from finish();
rollback;
