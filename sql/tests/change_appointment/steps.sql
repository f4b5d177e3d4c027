-- Move, approve, cancel, conclude, note: all or nothing.
begin;
\ir ../booking.psql
select plan(25);
create function pg_temp.change(
  p_at text default null, p_status text default null, p_notes text default null, p_resource text default null, p_override boolean default false,
  p_sent boolean default null
) returns text language sql as $$
  select pg_temp.said(b) from app.change_appointment(current_setting('test.id')::uuid, p_at, p_resource, p_override, p_status, p_notes, p_sent, 'zanzibar-lilac') b
$$;
create function pg_temp.visit() returns text language sql as $$
  select concat_ws(' ', to_char(scheduled_at at time zone 'America/Chicago', 'DD HH24:MI'), status, notes, confirmation_sent)
  from public.appointments where id = current_setting('test.id')::uuid
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.owner($$ update public.organizations set approval_required = true $$);
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Ann Quillby', p_resource => 'Avery'), pg_temp.book('06 10:00', 'Ben Quillfeather', 'c2', p_resource => 'Avery'), pg_temp.hold('07 10:00', 'c3');
select set_config('test.id', (select id::text from public.appointments where call_id = :'call1'), true),
  set_config('test.hold', (select id::text from public.appointments where status = 'held'), true);
select throws_ok($$ select pg_temp.change(p_notes => 'x') $$, '42501', null, 'a webhook changes nothing');
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.change(p_notes => 'x') $$, 'VX403', null, 'nor a viewer');
select pg_temp.act_as('staff');
select is(pg_temp.change('2030-03-05 11:00', p_notes => 'bring x-rays'), 'rescheduled', 'a move with a note');
select is(pg_temp.visit(), '05 11:00 pending bring x-rays f', 'both are written; moving does not approve');
select is(pg_temp.change('2030-03-06 10:00', p_notes => 'lost'), 'refused taken', 'a move onto another visit');
select is(pg_temp.visit(), '05 11:00 pending bring x-rays f', 'changes nothing');
select is(pg_temp.change('2030-03-05T18:00:00Z', 'confirmed'), 'approved', 'move and approve');
select is(pg_temp.visit(), '05 12:00 confirmed bring x-rays f', 'are one wish');
select is(pg_temp.change(p_resource => 'Blake'), 'rescheduled', 'to another practitioner at the same time');
select is(pg_temp.change('2030-03-09 10:00'), 'refused outside_hours', 'the rules hold');
select is(pg_temp.change('2030-03-09 10:00', p_override => true), 'rescheduled', 'unless overridden');
select is((select array_agg(action) from public.audit_log), '{reschedule_override}', 'audited');
select is(pg_temp.change(p_status => 'confirmed', p_notes => '', p_sent => true), 'amended', 'the state it has is no change; an empty note clears');
select is(pg_temp.visit(), '09 10:00 confirmed t', 'it is gone');
select is(pg_temp.change(p_status => 'completed', p_notes => 'lost'), 'refused not_started', 'not before it began');
select is(pg_temp.visit(), '09 10:00 confirmed t', 'nothing changed');
select throws_ok($$ select pg_temp.change('2030-03-08 10:00', 'cancelled') $$, 'VX400', null, 'move or end it');
select throws_ok($$ select pg_temp.change(p_status => 'pending') $$, 'VX400', null, 'not back to pending');
select throws_ok($$ select pg_temp.change(p_status => 'held') $$, 'VX400', null, 'nor to a hold');
select throws_ok(format($$ select app.change_appointment(%L, p_notes => 'x') $$, current_setting('test.hold')), 'VX404', null, 'a hold is no visit');
select throws_ok($$ select app.change_appointment('b0000000-0000-7000-8000-000000000071', p_notes => 'x') $$, 'VX404', null, 'nor another clinic''s');
select is(pg_temp.change(p_status => 'cancelled'), 'cancelled', 'cancelled');
select is((select cancel_reason from public.appointments where id = current_setting('test.id')::uuid), 'zanzibar-lilac', 'with its reason');
select is(pg_temp.change('2030-03-08 10:00'), 'refused not_active', 'and not moved any more');
select is(pg_temp.change(p_status => 'confirmed'), 'refused not_active', 'nor revived');
select * from finish();
rollback;
