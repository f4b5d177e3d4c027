-- A failure takes nothing away: the version before goes on answering, and its vectors are used again for what stayed.
begin;
\ir ../knowledge.psql
select plan(6);
select pg_temp.put('a', 'one', '[1, 0]') as one \gset
select pg_temp.act_for('a');
select pg_temp.act_as('admin');
select app.change_knowledge(:'one', '{}', 'pdf', 'two');
select pg_temp.version_of(:'one') as newer \gset
select pg_temp.act_for('a');
select app.begin_knowledge(:'newer', '1 minute');
select ok(app.stage_knowledge(:'newer', '[{"page": 0, "headings": [], "body": "one", "tokens": 1}, {"page": 0, "headings": [], "body": "two", "tokens": 1}]'), 'pieces');
select is((select string_agg(body, ' ') from app.knowledge_to_embed(:'newer', 'm1', 9)), 'two', 'what stands in it as before needs no new vector');
select app.fail_knowledge(:'newer', 'embedding', false);
select is((select outcome from app.begin_knowledge(:'newer', '1 minute')), 'embed', 'a try that failed is followed by another one at once');
select app.fail_knowledge(:'newer', 'embedding', true);
select pg_temp.act_as('admin');
select is((select concat_ws(' ', version, latest_version, state, error) from app.list_knowledge(1, 1, :'one')), '1 2 failed embedding', 'the last one is told');
select is(pg_temp.found('one', 'm1', '[1, 0]'), 'one', 'and the old version answers');
select pg_temp.act_for('a');
select app.fail_knowledge(:'newer', 'trouble', true);
select pg_temp.act_as('admin');
select is((select error from app.list_knowledge(1, 1, :'one')), 'embedding', 'once');
select * from finish();
rollback;
