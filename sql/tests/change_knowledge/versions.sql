-- New content is a new version; names and switches are not.
begin;
\ir ../knowledge.psql
select plan(10);
select pg_temp.put('a', 'one', '[1, 0]') as one \gset
select pg_temp.put('a', 'two', '[1, 0]') as two \gset
select pg_temp.put('b', 'three', '[1, 0]') as three \gset
select pg_temp.act_for('a');
select pg_temp.act_as('staff');
select throws_ok(format($$ select app.change_knowledge(%L, '{"active": false}') $$, :'one'), 'VX403', null, 'not for staff');
select pg_temp.act_as('admin');
select app.change_knowledge(:'one', '{"filename": "prices.txt", "category": "operations"}');
select is((select concat_ws(' ', filename, category, version, latest_version, state) from app.list_knowledge(1, 1, :'one')),
  'prices.txt operations 1 1 ready', 'renamed');
select app.change_knowledge(:'one', '{}', 'txt', 'one');
select is((select latest_version from app.list_knowledge(1, 1, :'one')), 1, 'the same content is no version');
select app.change_knowledge(:'one', '{}', 'txt', 'one and a half');
select is((select concat_ws(' ', version, latest_version, state) from app.list_knowledge(1, 1, :'one')), '1 2 waiting', 'another content is');
select app.change_knowledge(:'one', '{}', 'txt', 'one and two thirds');
select is((select concat_ws(' ', version, latest_version, state) from app.list_knowledge(1, 1, :'one')), '1 3 waiting', 'and overtakes the one that waits');
reset role;
select is((select string_agg(v.state, ' ' order by v.version) || ' ' || count(f.*)
  from public.knowledge_versions v left join public.knowledge_files f on f.version_id = v.id where v.document_id = :'one'),
  'ready superseded waiting 2', 'whose file is kept no longer');
select pg_temp.act_for('a');
select pg_temp.act_as('admin');
select throws_ok(format($$ select app.change_knowledge(%L, '{}', 'txt', 'two') $$, :'one'), 'VX409', null, 'another document''s content');
select throws_ok(format($$ select app.change_knowledge(%L, '{"content": "x"}') $$, :'one'), 'VX400', null, 'an unknown field');
select throws_ok(format($$ select app.change_knowledge(%L, '{"active": false}') $$, :'three'), 'VX404', null, 'another clinic''s');
select ok(not app.delete_knowledge(:'three'), 'nor deleted');
select * from finish();
rollback;
