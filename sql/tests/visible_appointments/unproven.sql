begin;
select plan(24);
\ir ../clinics.psql
\ir ../family.psql
select pg_temp.act_for('a');

-- A forged or shared known number, a withheld one, a stranger: one answer.
select is((select count(*) from app.visible_appointments(c)), 0::bigint, 'nothing to see')
from unnest(array[:'call1', :'call2', :'call3']::uuid[]) c;
select is((select count(*) from app.find_my_appointments(c)), 0::bigint, 'nothing to find')
from unnest(array[:'call1', :'call2', :'call3']::uuid[]) c;
select results_eq(format('select known, patient_names, visits_to_come from app.identify_caller(%L)', c),
  $$values (false, '{}'::text[], 0::bigint)$$, 'nobody is known')
from unnest(array[:'call1', :'call2', :'call3']::uuid[]) c;

-- What the call books itself is its own, and no more than that.
select is((select outcome from app.book_appointment('Checkup', '2030-03-08 16:00+00', 'Maeve Quillfeather', :'call1', 't1')), 'booked', 'a known name from the known number books');
select is((select array_agg(patient_name) from app.find_my_appointments(:'call1')), '{"Maeve Quillfeather"}', 'and hears of that visit');
select is((select count(*) from app.visible_appointments(:'call1')), 1::bigint, 'of no other');
select is((select count(*) from app.visible_appointments(:'call3')), 0::bigint, 'and nobody else does');
select results_eq(format('select known, patient_names, visits_to_come from app.identify_caller(%L)', :'call1'),
  $$values (false, '{}'::text[], 1::bigint)$$, 'booking proves nothing');
select is((select outcome from app.book_appointment('Checkup', '2030-03-08 17:00+00', 'Sam Quillby', :'call2', 't2')), 'booked', 'a withheld number books');
select is((select array_agg(patient_name) from app.find_my_appointments(:'call2')), '{"Sam Quillby"}', 'and hears of its own');
select is((select count(*) from app.hold_slot(:'call3', 'Checkup', '2030-03-08 18:00+00')), 1::bigint, 'what is held');
select is((select count(*) from app.visible_appointments(:'call3')), 0::bigint, 'is never shown');

-- An organisation that accepts the calling number knows what it does.
reset role;
update public.organizations set identity_factor = 'calling_number' where slug = 'lakeside';
select pg_temp.act_for('a');
select is((select array_agg(booking_ref order by scheduled_at) filter (where call_id is null) from app.visible_appointments(:'call1')), '{MAEVE2,NJCK22}', 'relaxed: the whole family''s visits to come');
select results_eq(format('select known, patient_names, visits_to_come from app.identify_caller(%L)', :'call1'),
  $$values (true, '{"Maeve Quillfeather","Nico Quillfeather"}'::text[], 3::bigint)$$, 'relaxed: known by number');
select is((select count(*) from app.visible_appointments(:'call3')), 0::bigint, 'relaxed: another number sees nothing');
select is((select count(*) from app.visible_appointments(:'call2')), 1::bigint, 'relaxed: a withheld one only its own');
select pg_temp.act_for('b');
select is((select count(*) from app.visible_appointments('b0000000-0000-7000-8000-0000000000c1')), 0::bigint, 'the other clinic did not relax');
select is((select count(*) from app.visible_appointments(:'call1')), 0::bigint, 'nor does it see the first one''s call');
select * from finish();
rollback;
