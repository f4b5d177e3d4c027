-- A tenant's own passages only, of active documents and current versions; the nearer rows of another one change nothing.
begin;
\ir ../knowledge.psql
select plan(9);
select pg_temp.put('b', 'whitening costs ninety', '[1, 0]');
select pg_temp.put('b', 'whitening is gentle', '[1, 0.1]');
select pg_temp.put('a', 'parking is free', '[0, 1]') as parking \gset
select pg_temp.put('a', 'whitening costs eighty', '[0.9, 0.3]') as whitening \gset
select pg_temp.act_for('a');
select is(pg_temp.found('what does whitening cost', 'm1', '[1, 0]'), 'whitening costs eighty', 'its own, though another clinic''s are nearer');
select is(pg_temp.found('what does whitening cost'), 'whitening costs eighty', 'by words alone as well');
select pg_temp.act_for('b');
select is(pg_temp.found('whitening', 'm1', '[1, 0]'), 'whitening costs ninety / whitening is gentle', 'and the other one finds its own');
select is(pg_temp.found('parking', 'm1', '[0, 1]', 5, 0.9), null, 'not the first one''s');
select pg_temp.act_for('a');
select pg_temp.act_as('admin');
select app.change_knowledge(:'whitening', '{"active": false}');
select is(pg_temp.found('what does whitening cost', 'm1', '[1, 0]'), null, 'an inactive document answers nothing');
select app.change_knowledge(:'whitening', '{"active": true}');
select is(pg_temp.found('what does whitening cost', 'm1', '[1, 0]'), 'whitening costs eighty', 'active again, at once');
select app.change_knowledge(:'whitening', '{}', 'txt', 'whitening costs seventy');
select is(pg_temp.found('what does whitening cost', 'm1', '[1, 0]'), 'whitening costs eighty', 'the version before answers until the new one is ready');
select pg_temp.act_for('a');
select pg_temp.ingest(:'whitening', '{whitening costs seventy}', '{"[1, 0.2]"}');
select is(pg_temp.found('what does whitening cost', 'm1', '[1, 0]'), 'whitening costs seventy', 'then the new one, and it alone');
select pg_temp.act_as('admin');
select app.delete_knowledge(:'whitening');
select is(pg_temp.found('what does whitening cost', 'm1', '[1, 0]'), null, 'a deleted one answers nothing');
select * from finish();
rollback;
