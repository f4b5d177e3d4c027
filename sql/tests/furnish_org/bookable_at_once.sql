begin;
select plan(7);
\ir ../signing_up.psql
update app.test_clock set at = '2030-03-04 14:00:00+00';
select pg_temp.sign_up('founder@patients.example', p_user_meta => '{"time_zone": "America/Chicago"}') as founder \gset
select org_id as org from public.profiles where user_id = :'founder' \gset
insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number)
select :'org', 'a0000000-0000-7000-8000-0000000000c1', 'call-1', id, 'inbound', '+13125550111' from public.locations where org_id = :'org';
select set_config('request.jwt.claims', format('{"app_metadata": {"org_id": "%s"}}', :'org'), true);
set role tenant_service;
select is((select min(starts_at) from app.available_slots('checkup', '2030-03-04 14:00+00', '2030-03-05 14:00+00')), '2030-03-04 15:00+00', 'the first slot is at nine');
select is((select max(ends_at) from app.available_slots('checkup', '2030-03-04 14:00+00', '2030-03-05 14:00+00', null, 100)), '2030-03-04 23:00+00', 'the last one ends at five');
select results_eq($$select outcome, status, service_name, resource_name from app.book_appointment('a checkup', '2030-03-04 15:00+00', 'Jo Quillby', 'a0000000-0000-7000-8000-0000000000c1', 't1')$$,
  $$values ('booked', 'confirmed', 'Consultation', 'First practitioner')$$, 'and can be booked');
select is((select hours from app.assistant_facts('a0000000-0000-7000-8000-0000000000c1')) like 'Monday 9:00 AM to 5:00 PM; Tuesday%', true, 'the assistant has hours to tell');
select is((select services from app.assistant_facts('a0000000-0000-7000-8000-0000000000c1')), 'Consultation (30 minutes)', 'and services');
select throws_ok($$select app.furnish_org('x', 'UTC')$$, '42501', null, 'nobody furnishes by hand');
reset role;
select set_config('request.jwt.claims', '', true);
select throws_ok($$select app.furnish_org('x', 'UTC')$$, 'VX401', null, 'nor without a tenant');
select * from finish();
rollback;
