-- One visit, or the reason why it is not one; who proved nothing learns nothing from that reason.
begin;
\ir ../inside.psql
select plan(15);

select pg_temp.act_inside('a');
select pg_temp.book('05 10:00', 'Ann Quillby'), pg_temp.book('05 14:00', 'Ben Quillby'), pg_temp.hold('07 10:00');
create function pg_temp.pick(p_ref text default null, p_on date default null, p_at time default null, p_name text default null, p_call text default 'c1')
returns text language sql as $$
  select coalesce(k.reason, to_char(a.scheduled_at at time zone 'America/Chicago', 'DD HH24:MI'))
  from app.pick_appointment(pg_temp.call(p_call), p_ref, p_on, p_at, p_name) k left join public.appointments a on a.id = k.appointment_id
$$;
select is(pg_temp.pick(), 'which_appointment', 'two are open: which?');
select is(pg_temp.pick(p_on => '2030-03-05'), 'which_appointment', 'both on that day');
select is(pg_temp.pick(p_on => '2030-03-05', p_at => '14:00'), '05 14:00', 'one at that time');
select is(pg_temp.pick(p_name => 'ann'), '05 10:00', 'one of that name');
select is(pg_temp.pick(p_on => '2030-03-06'), 'not_verified', 'none on that day, and nothing proved');
select is(pg_temp.pick(p_call => 'c2'), 'not_verified', 'another call has none');
select pg_temp.owner($$ insert into public.patients (org_id, id, contact_id, name, normalised_name)
  select org_id, 'a0000000-0000-7000-8000-0000000000f1', id, 'Mia Quillby', 'mia quillby' from public.contacts where phone = '+13125550111' $$);
select pg_temp.owner($$ insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
  select org_id, 'a0000000-0000-7000-8000-0000000000c1', contact_id, id, 'date_of_birth', true from public.patients where name = 'Mia Quillby' $$);
select is(pg_temp.pick(p_on => '2030-03-06'), 'not_found', 'a caller who is known is told that there is none');
select is(pg_temp.pick(pg_temp.at('05 14:00')::text, p_name => 'Ann'), '05 14:00', 'an id decides alone');
select pg_temp.owner($$ update public.appointments set status = 'cancelled' where said_name = 'Ben Quillby' $$);
select is(pg_temp.pick(), '05 10:00', 'one is left: nothing need be said');

-- Staff.
select is(pg_temp.pick(upper(pg_temp.at('05 10:00')::text), p_call => null), '05 10:00', 'staff name it by id');
select is(pg_temp.pick(pg_temp.at('05 14:00')::text, p_call => null), '05 14:00', 'whatever its state');
select is(pg_temp.pick(pg_temp.at('07 10:00')::text, p_call => null), 'not_found', 'but no hold');
select is(pg_temp.pick((select booking_ref from public.appointments where id = pg_temp.at('05 10:00')), p_call => null), 'not_found', 'nor by reference');
select is(pg_temp.pick(p_call => null), 'not_found', 'nor nothing');
select set_config('test.id', pg_temp.at('05 10:00')::text, true);
select pg_temp.act_inside('b');
select is(pg_temp.pick(current_setting('test.id'), p_call => null), 'not_found', 'another tenant''s is none');

select * from finish();
rollback;
