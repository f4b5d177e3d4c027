-- Another model takes over when every piece has its vector; until then the old one answers.
begin;
\ir ../knowledge.psql
select plan(9);
select pg_temp.put('a', 'one', '[1, 0]');
select pg_temp.put('a', 'two', '[0, 1]');
select pg_temp.put('b', 'one', '[1, 0]');
select pg_temp.act_for('a');
select app.store_knowledge_vector(t.chunk_id, 'm2', case t.body when 'one' then '[1, 0, 0]' else '[0, 1, 0]' end::extensions.vector) from app.knowledge_to_embed(null, 'm2', 1) t;
select ok(not app.switch_knowledge_model('m2'), 'a piece has none');
select is(app.knowledge_model(), 'm1', 'the old one answers');
select is(pg_temp.found('zebra', 'm1', '[1, 0]', 1), 'one', 'with its vectors');
select app.store_knowledge_vector(t.chunk_id, 'm2', case t.body when 'one' then '[1, 0, 0]' else '[0, 1, 0]' end::extensions.vector) from app.knowledge_to_embed(null, 'm2', 9) t;
select ok(app.switch_knowledge_model('m2'), 'every one has');
select is(app.knowledge_model(), 'm2', 'the new one answers');
select is(pg_temp.found('zebra', 'm1', '[1, 0]', 1), null, 'the old one''s vectors are gone');
select is(pg_temp.found('zebra', 'm2', '[1, 0, 0]', 1), 'one', 'the new one''s are there');
select pg_temp.act_for('b');
select is(app.knowledge_model(), 'm1', 'another clinic goes by itself');
reset role;
select is((select count(*) from public.knowledge_vectors where model = 'm1'), 1::bigint, 'and keeps its vectors');
select * from finish();
rollback;
