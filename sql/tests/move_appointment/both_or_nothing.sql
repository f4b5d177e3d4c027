-- One row moves, with its history and a word to live clients; what cannot move stays as it was, and so does what it held.
begin;
\ir ../inside.psql
select plan(23);

select pg_temp.act_inside('a');
select pg_temp.book('05 10:00', 'Ann Quillby', p_resource => 'Avery'), pg_temp.book('05 11:00', 'Ann Quillby', p_resource => 'Blake'),
  pg_temp.book('05 12:00', 'Ben Quillfeather', 'c2', p_resource => 'Blake'), pg_temp.hold('05 15:00', p_resource => 'Blake');
select set_config('test.id', pg_temp.at('05 11:00')::text, true);
create function pg_temp.move(p_start text, p_resource uuid default null, p_kind text default 'rescheduled', p_override boolean default false,
  p_service uuid default 'a0000000-0000-7000-8000-000000000021', p_call text default 'c1') returns text language sql as $$
  select pg_temp.said(app.move_appointment(p_kind, current_setting('test.id')::uuid, p_service, p_resource, pg_temp.t(p_start), pg_temp.call(p_call), p_override))
$$;
create function pg_temp.changes() returns bigint language sql as $$ select count(*) from public.appointment_changes where kind <> 'booked' $$;

-- The same patient, service and start as another visit of the call.
select is(pg_temp.move('05 10:00', :'blake'), 'question own_booking', 'onto a visit that the call has for the same patient');
select is(pg_temp.diary(), array['05 10:00 Avery', '05 11:00 Blake', '05 12:00 Blake', '05 15:00 Blake (held)'], 'nothing moved and the hold is there');
select is(pg_temp.changes(), 0::bigint, 'nothing is told of it');

select is(pg_temp.move('05 12:00', :'blake'), 'refused taken', 'onto somebody else''s');
select is(pg_temp.move('05 11:00'), 'rescheduled', 'onto itself');
select is(pg_temp.changes(), 0::bigint, 'changes nothing');
select is(pg_temp.rows('public.appointments'), 4::bigint, 'and keeps the hold');

select pg_temp.owner($$ update public.appointments set confirmation_sent = true $$);
select is(pg_temp.move('05 14:00', p_kind => 'amended'), 'amended', 'to a free time, under the name it is given');
select is(pg_temp.diary(), array['05 10:00 Avery', '05 12:00 Blake', '05 14:00 Blake'], 'with whom it was; the hold has gone');
select results_eq($$ select kind, old_during, new_during, old_resource_id, new_resource_id, call_id from public.appointment_changes where kind <> 'booked' $$,
  $$ values ('amended', tstzrange(pg_temp.t('05 11:00'), pg_temp.t('05 11:30')), tstzrange(pg_temp.t('05 14:00'), pg_temp.t('05 14:30')),
    'a0000000-0000-7000-8000-000000000032'::uuid, 'a0000000-0000-7000-8000-000000000032'::uuid, pg_temp.call('c1')) $$, 'from where to where');
select is((select kind || entity_id from public.events order by id desc limit 1), 'appointment_updated' || current_setting('test.id'), 'live clients are told');
select ok(not (select confirmation_sent from public.appointments where id = current_setting('test.id')::uuid), 'the new time is not confirmed by message yet');
select is(pg_temp.move('05 14:15'), 'rescheduled', 'within its own time');
select is(pg_temp.move('05 14:15', p_service => :'whitening'), 'rescheduled', 'another service');
select is(pg_temp.diary(), array['05 10:00 Avery', '05 12:00 Blake', '05 14:15 Avery'], 'goes to who gives it');
select is((select duration from public.appointments where id = current_setting('test.id')::uuid), '1 hour', 'and lasts as long as it does');

-- Its state.
select pg_temp.owner($$ update public.appointments set status = 'pending' where id = current_setting('test.id')::uuid $$);
select is(pg_temp.move('06 10:00'), 'rescheduled', 'what waits for approval moves');
select is((select status from public.appointments where id = current_setting('test.id')::uuid), 'pending', 'and goes on waiting');
select pg_temp.act_as('staff');
set role app_writer;
select is(pg_temp.move('09 03:05', p_override => true, p_call => null), 'rescheduled', 'staff move it past the rules');
select results_eq($$ select status, overridden_by from public.appointments where id = current_setting('test.id')::uuid $$,
  $$ values ('confirmed', 'a0000000-0000-7000-8000-0000000000e3'::uuid) $$, 'which approves it, in their name');
select pg_temp.owner($$ update public.appointments set status = 'cancelled' where id = current_setting('test.id')::uuid $$);
select is(pg_temp.move('06 10:00'), 'refused not_active', 'what is cancelled does not move');
select set_config('test.id', pg_temp.at('05 10:00')::text, true);
select pg_temp.act_inside('b');
select is(pg_temp.move('06 10:00', p_call => null), 'refused not_active', 'nor does another tenant''s');
select is(pg_temp.diary(), array['05 10:00 Avery', '05 12:00 Blake'], 'all is as it was');

select * from finish();
rollback;
