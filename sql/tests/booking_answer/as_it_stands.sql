-- What is said about a visit: as it stands now, its patient named as this call named them.
begin;
\ir ../inside.psql
select plan(6);

insert into public.contacts (org_id, id, phone) values (:'lakeside', 'a0000000-0000-7000-8000-0000000000d2', '+13125550111');
insert into public.patients (org_id, contact_id, name, normalised_name) values (:'lakeside', 'a0000000-0000-7000-8000-0000000000d2', 'Ann O''Quillby', 'ann oquillby');
select pg_temp.act_inside('a');
select pg_temp.book('05 10:00', 'ann OQUILLBY', p_resource => 'Blake');
select set_config('test.id', pg_temp.at('05 10:00')::text, true);
select results_eq($$ select b.outcome, b.reason, b.replayed, b.appointment_id, b.booking_ref, b.status, b.patient_name, b.service_name, b.resource_name, b.starts_at, b.ends_at, b.time_zone, b.alternatives
    from app.booking_answer('booked', current_setting('test.id')::uuid) b $$,
  $$ select 'booked', null, false, id, booking_ref, 'confirmed', 'ann OQUILLBY', 'Checkup', 'Blake Reed', '2030-03-05 16:00+00'::timestamptz, '2030-03-05 16:30+00'::timestamptz, 'America/Chicago', '{}'::timestamptz[]
    from public.appointments $$, 'all that can be said; the name as it was said, not as it is on file');
select is(pg_temp.said(app.booking_answer('question', current_setting('test.id')::uuid, 'same_person', true)), 'question same_person again', 'under what came of it');
select pg_temp.owner($$ update public.appointments set said_name = null, status = 'cancelled' $$);
select is((select array[b.patient_name, b.status] from app.booking_answer('found', current_setting('test.id')::uuid) b), '{Ann O''Quillby,cancelled}', 'a visit that staff booked has the name on file');
select pg_temp.hold('05 12:00');
select is((select array[b.patient_name, b.booking_ref, b.status] from app.booking_answer('held', pg_temp.at('05 12:00')) b), array[null, null, 'held'], 'a hold has no patient');
select is((app.booking_answer('booked', app.uuid_v7())).outcome, null, 'no such visit, no answer');
select pg_temp.act_inside('b');
select is((app.booking_answer('booked', current_setting('test.id')::uuid)).outcome, null, 'nor about another tenant''s');

select * from finish();
rollback;
