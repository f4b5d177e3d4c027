-- A date of birth that this very call gave opens nothing, and does not tell a new patient from a known one.
begin;
\ir ../booking.psql
select plan(8);

select pg_temp.owner($$ insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number) values ('a0000000-0000-7000-8000-000000000001',
  'a0000000-0000-7000-8000-0000000000c4', 'call-4', 'a0000000-0000-7000-8000-000000000010', 'inbound', '+13125550111') $$);
select pg_temp.act_for('a');
select is(pg_temp.book('05 10:00', 'Ann Quillby', p_born => '1982-03-05'), 'booked', 'a booking with a date of birth');
select is((select date_of_birth from public.patients), '1982-03-05', 'which is kept for a new patient');
select is(app.verify_caller(:'call1', '1982-03-05'), 'not_verified', 'said again it proves nothing');
select is(app.verify_caller(:'call1', '1982-03-05', 'Ann Quillby'), 'not_verified', 'nor with the name');
select is((select array_agg(patient_id) from public.caller_verifications), array[null, null]::uuid[], 'nobody is opened');
select is((select known from app.identify_caller(:'call1')), false, 'the caller stays unknown');
select is(app.verify_caller('a0000000-0000-7000-8000-0000000000c4', '1982-03-05', 'Ann'), 'verified', 'in a later call it does');
select is((select count(*) from app.visible_appointments('a0000000-0000-7000-8000-0000000000c4')), 1::bigint, 'and opens the visit');

select * from finish();
rollback;
