begin;
\ir ../messages.psql
select plan(8);
select pg_temp.act_for('a');
select pg_temp.send('code', 'k1');
select set_config('test.id', (pg_temp.message('k1')).id::text, true);
select app.note_message_codes(current_setting('test.id')::uuid, array[:'nora']::uuid[], array[3]);
select is((pg_temp.message('k1')).code_subjects, array[:'nora']::uuid[], 'the row says whose code it carries');
select is((pg_temp.message('k1')).code_versions, array[3], 'and which one');
select throws_ok($$ select app.note_message_codes(current_setting('test.id')::uuid, array[app.uuid_v7()], array[4]) $$, 'VX404', null,
  'it is not said anew');
select is((pg_temp.message('k1')).code_versions, array[3], 'so what was sent stays known');
select pg_temp.send('code', 'k2');
select throws_ok($$ select app.note_message_codes((pg_temp.message('k2')).id, array[app.uuid_v7()], '{}') $$, '23514', null,
  'each code has its version');
select set_config('test.id', (pg_temp.message('k2')).id::text, true);
select pg_temp.act_for('b');
select throws_ok($$ select app.note_message_codes(current_setting('test.id')::uuid, array[app.uuid_v7()], array[1]) $$, 'VX404', null,
  'another clinic''s message is none');
select is((pg_temp.message('k2')).code_subjects, '{}'::uuid[], 'and is left alone');
select pg_temp.act_as('owner');
select throws_ok($$ select app.note_message_codes(current_setting('test.id')::uuid, '{}', '{}') $$, '42501', null, 'nobody on the dashboard does it');
select * from finish();
rollback;
