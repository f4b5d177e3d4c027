begin;
select plan(22);
\ir ../clinics.psql
\ir ../family.psql
select pg_temp.act_for('a');

select is(app.verify_caller(:'call1', '1982-03-05'), 'verified', 'the date of birth of a patient of the calling number');
select results_eq('select patient_id, contact_id, succeeded from public.caller_verifications',
  format('values (%L::uuid, %L::uuid, true)', :'maeve', 'a0000000-0000-7000-8000-0000000000d1'), 'is noted');
select is((select array_agg(booking_ref) from app.visible_appointments(:'call1')), '{MAEVE2}', 'and opens that patient''s visits only');
select is(app.verify_caller(:'call1', '2015-06-07', 'Nico'), 'verified', 'another child of the family needs another date; a first name will do');
select is((select array_agg(booking_ref) from app.visible_appointments(:'call1')), '{MAEVE2,NJCK22}', 'then both are open');
select is((select count(*) from app.visible_appointments(:'call3')), 0::bigint, 'but to this call only');

select is(app.verify_caller(:'call3', '1982-03-05'), 'not_verified', 'the same date from another number');
select is(app.verify_caller(:'call2', '1982-03-05'), 'not_verified', 'or from a withheld one');
select is((select array_agg(succeeded) from public.caller_verifications where call_id in (:'call2', :'call3')), '{f,f}', 'counts as wrong');
select is(app.verify_caller(:'call3', null), 'not_verified', 'no date is no factor');

reset role;
update public.patients set date_of_birth = '1982-03-05' where id = :'nico';
delete from public.caller_verifications;
select pg_temp.act_for('a');
select is(app.verify_caller(:'call1', '1982-03-05'), 'not_verified', 'two with one birthday: the date does not decide');
select is(app.verify_caller(:'call1', '1982-03-05', 'Nico Quilfeather'), 'verified', 'the name does, also misheard');
select is((select array_agg(patient_id) from public.caller_verifications where succeeded), array[:'nico'::uuid], 'and opens that one');
select is(app.verify_caller(:'call1', '1982-03-05', 'Someone Else'), 'not_verified', 'a wrong name spoils a right date');
reset role;
update public.patients set name = 'Mico Quillfeather', normalised_name = 'mico quillfeather' where id = :'maeve';
delete from public.caller_verifications;
select pg_temp.act_for('a');
select is(app.verify_caller(:'call1', '1982-03-05', 'Mico Quillfeather'), 'verified', 'twins with names alike: the exact one');
select is((select array_agg(patient_id) from public.caller_verifications where succeeded), array[:'maeve'::uuid], 'is meant');
select is(app.verify_caller(:'call1', '1982-03-05', 'Tico Quillfeather'), 'not_verified', 'and neither when it could be both');

reset role;
insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number, to_number) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000c9', 'call-9', 'a0000000-0000-7000-8000-000000000010', 'outbound', '+13125550100', '+13125550111');
select pg_temp.act_for('a');
select is(app.verify_caller('a0000000-0000-7000-8000-0000000000c9', '1982-03-05', 'Nico'), 'verified', 'whom we call is at the number we called');
select throws_ok($$select app.verify_caller('b0000000-0000-7000-8000-0000000000c1', '1982-03-05')$$, 'VX404', null, 'another tenant''s call');
select pg_temp.act_for('b');
select is(app.verify_caller('b0000000-0000-7000-8000-0000000000c1', '1982-03-05'), 'verified', 'the other tenant''s patient is its own');
select is((select count(*) from public.caller_verifications where org_id <> app.current_org_id()), 0::bigint, 'nothing of another tenant is seen');
select set_config('request.jwt.claims', '', true);
select throws_ok(format('select app.verify_caller(%L, %L)', :'call1', '1982-03-05'), 'VX401', null, 'no tenant');
select * from finish();
rollback;
