begin;
select plan(5);
\ir ../clinics.psql
\ir ../family.psql
select pg_temp.act_for('a');
select app.verify_caller(:'call1', '1982-03-05');
select results_eq(format('select known, patient_names, visits_to_come from app.identify_caller(%L)', :'call1'),
  $$values (true, '{"Maeve Quillfeather"}'::text[], 1::bigint)$$, 'the verified patient, no other of the family');
select app.verify_caller(:'call1', '2015-06-07');
select results_eq(format('select known, patient_names, visits_to_come from app.identify_caller(%L)', :'call1'),
  $$values (true, '{"Maeve Quillfeather","Nico Quillfeather"}'::text[], 2::bigint)$$, 'both, once both are verified');
select results_eq(format('select known, patient_names, visits_to_come from app.identify_caller(%L)', :'call3'),
  $$values (false, '{}'::text[], 0::bigint)$$, 'another call is nobody');
select app.verify_caller(:'call3', '1982-03-05');
select results_eq(format('select known, patient_names, visits_to_come from app.identify_caller(%L)', :'call3'),
  $$values (false, '{}'::text[], 0::bigint)$$, 'a failed check opens nothing');
select pg_temp.act_for('b');
select results_eq(format('select known, patient_names, visits_to_come from app.identify_caller(%L)', :'call1'),
  $$values (false, '{}'::text[], 0::bigint)$$, 'another tenant sees nobody');
select * from finish();
rollback;
