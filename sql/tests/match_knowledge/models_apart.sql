-- Vectors of different models are never compared, whatever their lengths; words still find the piece.
begin;
\ir ../knowledge.psql
select plan(6);
select pg_temp.put('a', 'parking is free', '[1, 0]', 'm1');
select pg_temp.put('a', 'whitening costs eighty', '[1, 0]', 'm2');
select pg_temp.put('a', 'we speak Polish', '[1, 0, 0]', 'm3');
select pg_temp.act_for('a');
select is(pg_temp.found('zebra', 'm1', '[1, 0]'), 'parking is free', 'the model''s own');
select is(pg_temp.found('zebra', 'm2', '[1, 0]'), 'whitening costs eighty', 'and the other''s');
select is(pg_temp.found('zebra', 'm3', '[1, 0]'), null, 'a vector of another length is no error, and finds nothing');
select is(pg_temp.found('zebra', 'm4', '[1, 0]'), null, 'a model that nothing was embedded by');
select is(pg_temp.found('zebra', null, '[1, 0]'), null, 'a vector without its model');
select is(pg_temp.found('whitening', 'm4', '[1, 0]'), 'whitening costs eighty', 'words need no model');
select * from finish();
rollback;
