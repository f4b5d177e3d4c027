-- The same file is one document, by whatever name; one that failed is tried again.
begin;
\ir ../knowledge.psql
select plan(13);
select pg_temp.act_for('a');
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.add('zanzibar-lilac') $$, 'VX403', null, 'not for staff');
select pg_temp.act_as('admin');
select is(pg_temp.add('zanzibar-lilac'), 'created', 'a document');
select is(pg_temp.add('zanzibar-lilac', 'other name.txt'), 'same', 'the same file');
select is((select concat_ws(' ', filename, version, latest_version, state, kind, size_bytes, total) from app.list_knowledge(1, 20)),
  'zanzibar-lilac.txt 1 waiting txt 14 1', 'as it was');
reset role;
select is((select count(*) from river.river_job where kind = 'ingest_knowledge' and queue = 'knowledge'), 1::bigint, 'one job, in its own queue');
select pg_temp.act_for('a');
select app.fail_knowledge(pg_temp.version_of(pg_temp.doc('zanzibar-lilac')), 'image_only', true);
select pg_temp.act_as('admin');
select is(pg_temp.add('zanzibar-lilac'), 'updated', 'after it failed it is tried again');
select is((select concat_ws(' ', latest_version, state, error) from app.list_knowledge(1, 20)), '2 waiting', 'as a new version');
select throws_ok($$ select pg_temp.add('b', '../b') $$, 'VX400', null, 'a path is no name');
select throws_ok($$ select pg_temp.add('b', '') $$, 'VX400', null, 'nor is nothing');
select throws_ok($$ select app.add_knowledge('c', 'secrets', null, 'txt', 'c') $$, 'VX400', null, 'a category that is none');
select app.delete_knowledge(pg_temp.doc('zanzibar-lilac'));
select is(pg_temp.add('zanzibar-lilac'), 'created', 'a deleted one stands in nobody''s way');
reset role;
select is((select count(*) from public.events where kind = 'knowledge_updated'), 5::bigint, 'every change is announced');
select pg_temp.act_for('b');
select is((select count(*) from public.knowledge_documents), 0::bigint, 'and seen by nobody else');
select * from finish();
rollback;
