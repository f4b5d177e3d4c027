-- A version takes the other's place in one step, only when it is whole, and never after it was overtaken.
begin;
\ir ../knowledge.psql
select plan(14);
select pg_temp.put('a', 'one', '[1, 0]') as one \gset
select pg_temp.act_for('a');
select is(app.knowledge_model(), 'm1', 'the first model serves');
select pg_temp.act_as('admin');
select app.change_knowledge(:'one', '{}', 'txt', 'one two');
select pg_temp.version_of(:'one') as newer \gset
select pg_temp.act_for('a');
select is((select outcome || ' ' || convert_from(content, 'UTF8') from app.begin_knowledge(:'newer', '1 minute')), 'read one two', 'a job reads');
select is((select outcome from app.begin_knowledge(:'newer', '1 minute')), 'wait', 'a second one waits');
select ok(app.stage_knowledge(:'newer', '[{"page": 3, "headings": ["A", "B"], "body": "one", "tokens": 1}, {"page": 0, "headings": [], "body": "two", "tokens": 1}]'), 'pieces');
select is((select string_agg(body, '|' order by n) from app.knowledge_to_embed(:'newer', 'm1', 9) with ordinality t (id, body, n)), E'A › B\none|two', 'with what they stand under');
select is(app.finish_knowledge(:'newer', 'm1'), 'unfinished', 'without vectors it is not ready');
select app.store_knowledge_vector(t.chunk_id, 'm1', '[0, 1]') from app.knowledge_to_embed(:'newer', 'm1', 1) t;
select ok(app.note_knowledge_progress(:'newer', 'm1', '1 minute'), 'progress');
select pg_temp.act_as('admin');
select is((select concat_ws(' ', version, state, chunks_done || '/' || chunks_total) from app.list_knowledge(1, 1, :'one')), '1 embedding 1/2', 'is seen');
reset role; update app.test_clock set at = at + interval '2 minutes';
select pg_temp.act_for('a');
select is((select outcome from app.begin_knowledge(:'newer', '1 minute')), 'embed', 'a job that died is followed where it was');
select app.store_knowledge_vector(t.chunk_id, 'm1', '[0, 1]') from app.knowledge_to_embed(:'newer', 'm1', 9) t;
select is(app.finish_knowledge(:'newer', 'm1'), 'ready', 'ready');
select is(app.finish_knowledge(:'newer', 'm1'), 'done', 'once');
select is((select string_agg(concat_ws(' ', body, page, headings::text), ', ' order by position) from public.knowledge_chunks), 'one 3 {A,B}, two {}', 'nothing is left of the one before');
select pg_temp.act_as('admin');
select app.change_knowledge(:'one', '{}', 'txt', 'three');
select pg_temp.version_of(:'one') as third \gset
select app.delete_knowledge(:'one');
select pg_temp.act_for('a');
select is((select outcome from app.begin_knowledge(:'third', '1 minute')), 'done', 'nothing is to be done about a deleted document');
select is((select count(*) from public.knowledge_chunks), 0::bigint, 'which has no pieces');
select * from finish();
rollback;
