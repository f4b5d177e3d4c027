-- One contact's patient of a name: known, or made; what is on file is never changed by whoever calls.
begin;
\ir ../inside.psql
select plan(12);

insert into public.contacts (org_id, id, phone) values (:'lakeside', 'a0000000-0000-7000-8000-0000000000d2', '+13125550133');
select pg_temp.act_inside('a');
select app.patient_of_contact(:'contact', 'Ann O''Quill', '1982-03-05', :'call1') as ann \gset
select results_eq($$ select name, normalised_name, date_of_birth, made_by_voice, origin_call_id, contact_id from public.patients $$,
  $$ values ('Ann O''Quill', 'ann oquill', '1982-03-05'::date, true, 'a0000000-0000-7000-8000-0000000000c1'::uuid, 'a0000000-0000-7000-8000-0000000000d1'::uuid) $$, 'made by a call');
select is(app.patient_of_contact(:'contact', 'ANN OQUILL', '1990-01-01', :'call2'), :'ann', 'the same name, however it is written');
select results_eq($$ select name, date_of_birth, origin_call_id from public.patients $$,
  $$ values ('Ann O''Quill', '1982-03-05'::date, 'a0000000-0000-7000-8000-0000000000c1'::uuid) $$, 'stays as it is on file');
select isnt(app.patient_of_contact('a0000000-0000-7000-8000-0000000000d2', 'Ann O''Quill', null, :'call2'), :'ann', 'another contact''s Ann is another one');
select isnt(app.patient_of_contact(:'contact', 'Anne O''Quill', null, :'call1'), :'ann', 'a near name too');
select app.patient_of_contact(:'contact', 'Ben Quillby', null, null) as ben \gset
select results_eq($$ select made_by_voice, origin_call_id from public.patients where name = 'Ben Quillby' $$, $$ values (false, null::uuid) $$, 'made by staff');
select is(app.patient_of_contact(:'contact', 'Ben Quillby', null, :'call1'), :'ben', 'and found by a call');
select is(app.patient_of_contact(:'contact', 'Ann O''Quill', null, null), :'ann', 'as is a call''s by staff');

select pg_temp.owner($$ insert into public.patients (org_id, id, contact_id, name, normalised_name, made_by_voice) values
  ('a0000000-0000-7000-8000-000000000001', 'ffffffff-0000-7000-8000-0000000000f1', 'a0000000-0000-7000-8000-0000000000d1', 'Ann OQuill', 'ann oquill', false) $$);
select is(app.patient_of_contact(:'contact', 'Ann O''Quill', null, :'call1'), 'ffffffff-0000-7000-8000-0000000000f1', 'whom the staff entered has the history');
select is((select count(*) from public.patients), 5::bigint, 'nobody was doubled');
select pg_temp.act_inside('b');
select throws_ok($$ select app.patient_of_contact('a0000000-0000-7000-8000-0000000000d1', 'Ann Quillby', null, null) $$, '23503', null, 'another tenant''s contact is none');
select set_config('request.jwt.claims', '', true);
select throws_ok($$ select app.patient_of_contact('a0000000-0000-7000-8000-0000000000d1', 'Ann Quillby', null, null) $$, 'VX401', null, 'no tenant');

select * from finish();
rollback;
