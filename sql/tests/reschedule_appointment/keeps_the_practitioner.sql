-- A visit from before stays with its practitioner unless another is named; what this very call booked may go to any.
begin;
\ir ../booking.psql
select plan(13);

select pg_temp.owner($$
  update public.organizations set identity_factor = 'calling_number';
  insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number) values ('a0000000-0000-7000-8000-000000000001',
    'a0000000-0000-7000-8000-0000000000c4', 'call-4', 'a0000000-0000-7000-8000-000000000010', 'inbound', '+13125550111') $$);
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Ann Quillby', p_resource => 'Avery'), pg_temp.book('05 14:00', 'Ben Quillfeather', 'c3', p_resource => 'Avery');
create function pg_temp.move(p_start text, p_call text, p_resource text default null, p_id text default null) returns text language sql as $$
  select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t(p_start), p_id, p_call_id => ('a0000000-0000-7000-8000-0000000000' || p_call)::uuid, p_resource => p_resource) b
$$;
select is(pg_temp.move('05 14:00', 'c4'), 'refused taken', 'a later call: Avery is taken, though Blake is free');
select is((select b.resource_name from app.reschedule_appointment(pg_temp.t('05 14:00'), p_call_id => 'a0000000-0000-7000-8000-0000000000c4') b), 'Dr. Avery Stone', 'the answer is about Avery');
select is(pg_temp.move('05 14:00', 'c4', 'Blake'), 'rescheduled', 'Blake by name');
select is(pg_temp.diary(), array['05 14:00 Avery', '05 14:00 Blake'], 'takes it');
select is(pg_temp.move('05 15:00', 'c4'), 'rescheduled', 'then it is Blake''s');
select is(pg_temp.diary(), array['05 14:00 Avery', '05 15:00 Blake'], 'and stays so');
select is(pg_temp.move('05 15:00', 'c4', 'Avery'), 'rescheduled', 'back to Avery');
select is(pg_temp.move('05 14:00', 'c1'), 'rescheduled', 'the call that booked it takes who is free');
select is(pg_temp.diary(), array['05 14:00 Avery', '05 14:00 Blake'], 'which is Blake');

-- Staff, with a visit that staff booked.
select pg_temp.act_as('staff');
select is(pg_temp.staff_book('06 10:00', 'Nora Quillfeather', p_resource => 'Avery'), 'booked', 'a visit that staff booked');
select is(pg_temp.staff_book('06 14:00', 'Zoe Quillfeather', p_resource => 'Avery'), 'booked', 'and one in its way');
select is(pg_temp.move('06 14:00', null, p_id => (select id::text from public.appointments where scheduled_at = pg_temp.t('06 10:00'))), 'refused taken', 'is not given to Blake unasked');
select is(pg_temp.move('06 14:00', null, 'Blake', (select id::text from public.appointments where scheduled_at = pg_temp.t('06 10:00'))), 'rescheduled', 'but by name');

select * from finish();
rollback;
