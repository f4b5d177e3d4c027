-- A try that died is followed by another only if it changed nothing; one that lost its claim may not change anything.
begin;
\ir ../booking.psql
select plan(11);
create function pg_temp.claim(p_claim integer, p_key text default 'k') returns text language sql as $$
  select c.outcome from app.claim_request('POST', 'POST /api/x', p_key, sha256('b'), '1 day', '1 minute',
    ('00000000-0000-7000-8000-00000000000' || p_claim)::uuid) c
$$;
create function pg_temp.note(p_claim integer) returns boolean language sql as $$
  select app.note_effect(('00000000-0000-7000-8000-00000000000' || p_claim)::uuid)
$$;
select pg_temp.act_as('staff');
select is(pg_temp.claim(1), 'run', 'claimed');
select ok(pg_temp.note(1), 'acted');
select is(pg_temp.claim(2), 'running', 'the others wait for its answer');
select ok(not pg_temp.note(2), 'and may not act');
select is(pg_temp.claim(3, 'l'), 'run', 'another wish, which does not act');
select pg_temp.clock('04 08:02');
select is(pg_temp.claim(4), 'acted', 'it died after acting: nobody acts again');
select is(pg_temp.claim(5, 'l'), 'run', 'it died before: the next one acts');
select ok(not pg_temp.note(3), 'and a try that is late does not');
select pg_temp.act_as('owner');
select ok(not pg_temp.note(5), 'nor does another user');
select pg_temp.act_as('staff');
select pg_temp.clock('05 08:02');
select is(pg_temp.claim(6), 'run', 'a day later the key is free');
reset role;
select is((select count(*) from public.idempotency_keys where acted_at is not null), 0::bigint, 'and knows nothing of before');
select * from finish();
rollback;
