-- Answers kept for repeated wishes go when nobody may ask for them any more, whatever the other limits are.
begin;
\ir ../booking.psql
select plan(3);
create function pg_temp.claim(p_key text, p_keep interval) returns text language sql as $$
  select c.outcome from app.claim_request('POST', 'POST /api/x', p_key, sha256('b'), p_keep, '1 minute', app.uuid_v7()) c
$$;
select pg_temp.act_as('staff');
select pg_temp.claim('minutes', '2 minutes'), pg_temp.claim('day', '1 day') \g /dev/null
reset role;
select pg_temp.clock('04 08:02');
set role voxanne_login;
select is(app.sweep_platform(null, null), 0::bigint, 'at the last moment both may be asked for');
reset role;
select pg_temp.clock('04 08:03');
set role voxanne_login;
select is(app.sweep_platform(null, null), 1::bigint, 'then one is too old');
reset role;
select results_eq('select key from public.idempotency_keys', $$ values ('day') $$, 'the other stays');
select * from finish();
rollback;
