-- What no document answers is remembered once, redacted, and comes back when it is asked again.
begin;
\ir ../knowledge.psql
select plan(15);
select pg_temp.put('a', 'parking is free', '[1, 0]');
select pg_temp.act_for('a');
create function pg_temp.ask(p_question text, p_call text default 'c1') returns bigint language sql as $$
  select count(*) from app.ask_knowledge(('a0000000-0000-7000-8000-0000000000' || p_call)::uuid, p_question) $$;
create function pg_temp.gaps(p_resolved boolean default false) returns text language sql as $$
  select string_agg(g.question || ' ' || g.times_asked, ', ' order by g.times_asked desc, g.question) from app.list_knowledge_gaps(1, 20, p_resolved) g $$;
create function pg_temp.asked() returns text language sql stable security definer as $$
  select string_agg(questions_answered::text, ' ' order by vapi_call_id) from public.call_logs where right(id::text, 2) in ('c1', 'c2') and org_id = 'a0000000-0000-7000-8000-000000000001' $$;
grant execute on all functions in schema pg_temp to public;
select is(pg_temp.ask('is parking free'), 1::bigint, 'answered');
select is(pg_temp.asked(), '1 0', 'which the call remembers');
select is(pg_temp.ask('Do you do implants?'), 0::bigint, 'not answered');
select is(pg_temp.ask('Implants, do you do those?'), 0::bigint, 'nor in other words');
select is(pg_temp.ask('do you do an implant', 'c2'), 0::bigint, 'nor in another call');
select is(pg_temp.ask('My number is 312 555 0111, do you do Botox'), 0::bigint, 'with a number in it');
select is(pg_temp.ask('do you'), 0::bigint, 'no question at all');
select is(pg_temp.asked(), '1 0', 'only what was answered');
select pg_temp.act_as('viewer');
select is(pg_temp.gaps(), 'do you do an implant 2, My number is [phone], do you do Botox 1', 'grouped, counted by calls, redacted');
select throws_ok($$ select app.resolve_knowledge_gap((select id from app.list_knowledge_gaps(1, 1))) $$, 'VX403', null, 'viewers only look');
select pg_temp.act_as('staff');
select ok(app.resolve_knowledge_gap((select id from app.list_knowledge_gaps(1, 1))), 'settled');
select is(pg_temp.gaps(true), 'do you do an implant 2', 'and listed apart');
select pg_temp.act_for('a');
select pg_temp.ask('do you do implants', 'c3');
select pg_temp.act_as('staff');
select is(pg_temp.gaps(), 'do you do implants 3, My number is [phone], do you do Botox 1', 'asked again in vain, it is open again');
select pg_temp.act_for('b');
select is((select count(*) from public.knowledge_gaps), 0::bigint, 'another clinic sees none');
select is((select count(*) from app.ask_knowledge('b0000000-0000-7000-8000-0000000000c1', 'parking')), 0::bigint, 'and is not answered from it');
select * from finish();
rollback;
