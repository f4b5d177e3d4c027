-- The last try at a document may die without a word: then the clinic is told, and may upload the file again.
begin;
\ir ../knowledge.psql
select plan(13);
create function pg_temp.stands(p_text text) returns text language sql security definer as $$
  select concat_ws(' ', v.state, v.error) from public.knowledge_versions v where v.id = pg_temp.version_of(pg_temp.doc(p_text))
$$;
create function pg_temp.lapses() returns bigint language sql security definer as $$
  select count(*) from river.river_job where kind = 'lapse_knowledge'
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_as('owner');
select pg_temp.add('prices');
reset role;
select pg_temp.act_for('a');
select pg_temp.version_of(pg_temp.doc('prices')) as v \gset
select is((select outcome from app.begin_knowledge(:'v', '3 minutes')), 'read', 'a try');
select is(pg_temp.lapses(), 0::bigint, 'after which others come');
select app.fail_knowledge(:'v', 'trouble', false);
select is((select outcome from app.begin_knowledge(:'v', '3 minutes', true)), 'read', 'the last one');
select is(pg_temp.lapses(), 1::bigint, 'somebody looks after it');
select is(app.lapse_knowledge(:'v'), 180, 'not before its time is over');
select pg_temp.owner($$ update public.knowledge_versions set lease_until = null, updated_at = app.now() - interval '29 minutes' where state = 'reading' $$);
select is(app.lapse_knowledge(:'v'), 60, 'put off by a process that was told to stop, it comes back');
select pg_temp.owner($$ update public.knowledge_versions set lease_until = app.now() - interval '1 second' where state = 'reading' $$);
select pg_temp.act_for('b');
select is(app.lapse_knowledge(:'v'), 0, 'nothing of another clinic');
select pg_temp.act_for('a');
select is(pg_temp.stands('prices'), 'reading', 'still');
select is(app.lapse_knowledge(:'v'), 0, 'nobody is at it any more');
select is(pg_temp.stands('prices'), 'failed trouble', 'and the clinic sees why');
select is(app.lapse_knowledge(:'v'), 0, 'once is enough');
reset role;
select pg_temp.act_as('owner');
select is(pg_temp.add('prices'), 'updated', 'the same file is tried again');
reset role;
select pg_temp.act_as('owner');
select throws_ok($$ select app.lapse_knowledge(app.uuid_v7()) $$, '42501', null, 'not for members');
select * from finish();
rollback;
