-- History, messages and tries of one visit, and of no other.
begin;
\ir ../booking.psql
select plan(7);
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Ann Quillby', p_resource => 'Avery'), pg_temp.book('05 10:00', 'Ben Quillfeather', 'c2', p_resource => 'Avery');
select pg_temp.clock('04 08:05');
select pg_temp.book('06 10:00', 'Ben Quillfeather', 'c2');
select set_config('test.id', (select id::text from public.appointments where call_id = :'call1'), true);
select pg_temp.owner(format($$ insert into public.messages (org_id, direction, method, category, recipient, content, status, appointment_id)
  values ('a0000000-0000-7000-8000-000000000001', 'outbound', 'sms', 'reminder', '+13125550199', 'zanzibar-lilac', 'sent', %L) $$, current_setting('test.id')));
select pg_temp.act_as('staff');
select app.reschedule_appointment(pg_temp.t('07 10:00'), current_setting('test.id'), p_resource => 'Blake');
select pg_temp.act_as('viewer');
create function pg_temp.told(p_part text, p_path text) returns text language sql as $$
  select string_agg(coalesce(x ->> p_path, '-'), ' ' order by n)
  from app.appointment_story(current_setting('test.id')::uuid) s, jsonb_array_elements(to_jsonb(s) -> p_part) with ordinality e (x, n)
$$;
select is(pg_temp.told('history', 'kind'), 'booked rescheduled', 'its history');
select is(pg_temp.told('history', 'new_resource'), 'Dr. Avery Stone Blake Reed', 'with the practitioners');
select is(pg_temp.told('messages', 'content'), 'zanzibar-lilac', 'what was sent');
select is(pg_temp.told('attempts', 'outcome'), 'booked rescheduled', 'its tries');
select set_config('test.id', (select id::text from public.appointments where call_id = :'call2'), true);
select is(pg_temp.told('attempts', 'reason'), 'taken -', 'and what its call tried before');
select set_config('test.id', 'b0000000-0000-7000-8000-000000000071', true);
select is(pg_temp.told('history', 'kind'), null, 'nothing of another clinic');
select pg_temp.act_for('a');
select throws_ok($$ select app.appointment_story(current_setting('test.id')::uuid) $$, '42501', null, 'webhooks are told nothing');
select * from finish();
rollback;
