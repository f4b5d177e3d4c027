-- One try of a wish gets to carry it out; the others get its answer. Users, keys and bodies are kept apart.
begin;
\ir ../booking.psql
select plan(19);
create function pg_temp.claim(p_claim integer, p_key text default 'k', p_body text default 'b', p_keep interval default '1 day')
returns text language sql as $$
  select c.outcome || coalesce(' ' || c.status || ' ' || convert_from(c.response, 'utf8'), '')
  from app.claim_request('POST', 'POST /api/x', p_key, sha256(convert_to(p_body, 'utf8')), p_keep, '1 minute',
    ('00000000-0000-7000-8000-00000000000' || p_claim)::uuid) c
$$;
create function pg_temp.finish(p_claim integer) returns boolean language sql as $$
  select app.finish_request(('00000000-0000-7000-8000-00000000000' || p_claim)::uuid, 201, '{}', 'made')
$$;

select pg_temp.act_as('staff');
select is(pg_temp.claim(1), 'run', 'the first');
select is(pg_temp.claim(2), 'running', 'the second waits');
select is(pg_temp.claim(2, p_body => 'c'), 'other_body', 'the key is for one body');
select is(pg_temp.claim(2, p_key => 'l'), 'run', 'another key');
select pg_temp.act_as('owner');
select is(pg_temp.claim(3), 'run', 'another user');
select ok(not pg_temp.finish(1), 'who cannot finish what is not theirs');
select pg_temp.act_as('staff');
select ok(not pg_temp.finish(4), 'nor can another try');
select ok(pg_temp.finish(1), 'the first is done');
select is(pg_temp.claim(4), 'replay 201 made', 'its answer is everybody''s');
select is(pg_temp.claim(4, p_body => 'c'), 'other_body', 'of this body');
select ok(not app.abandon_request('00000000-0000-7000-8000-000000000001'), 'what is done is not given up');
select ok(app.abandon_request('00000000-0000-7000-8000-000000000002'), 'what is not, is');
select is(pg_temp.claim(5, p_key => 'l', p_body => 'c'), 'run', 'and may be anything then');

select pg_temp.clock('04 08:02');
select is(pg_temp.claim(6, p_key => 'l', p_body => 'd'), 'other_body', 'a try that died keeps its body');
select is(pg_temp.claim(6, p_key => 'l', p_body => 'c'), 'run', 'and is followed by another');
select ok(not pg_temp.finish(5), 'whose answer counts');
select pg_temp.clock('05 08:02');
select is(pg_temp.claim(7, p_body => 'c'), 'run', 'a day later the key is free');
select pg_temp.act_for('a');
select throws_ok($$ select pg_temp.claim(8) $$, '42501', null, 'webhooks have no keys');
select pg_temp.act_as('staff');
select throws_ok('select * from public.idempotency_keys', '42501', null, 'answers are not for reading');
select * from finish();
rollback;
