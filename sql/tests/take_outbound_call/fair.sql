-- The account's slots, shared by all clinics.
begin;
\ir ../outbound.psql
select plan(14);
select is(pg_temp.take(), null, 'nothing to do');
select pg_temp.queue('a', 3);
select pg_temp.pass('1 second');
select pg_temp.queue('b', 3);
select is(pg_temp.take(10), 'a', 'the first') from pg_temp.pass('1 second');
select is(pg_temp.take(10), 'b', 'the other clinic, which holds none, though its calls came later') from pg_temp.pass('1 second');
select is(pg_temp.take(10), 'a', 'who was served longer ago, where both hold one') from pg_temp.pass('1 second');
select is(pg_temp.take(3), null, 'no slot is free');
select is(pg_temp.take(10), 'b', 'one more is') from pg_temp.pass('1 second');
select results_eq($$ select state, count(*) from public.outbound_calls group by 1 order by 1 $$, $$ values ('placing', 4::bigint), ('waiting', 2) $$, 'each was taken once');
update public.outbound_calls set state = 'ended', ended_at = app.now(), look_at = null, lease_id = null where state = 'placing' and org_id = 'b0000000-0000-7000-8000-000000000001';
select is(pg_temp.take(10), 'b', 'who holds fewer comes before who waits longer');
select is(pg_temp.take(10), 'a', 'and then the other');
select is(pg_temp.take(10), null, 'nothing is left');
select is((select array_agg(lease_id) from public.outbound_calls where state = 'placing' and look_at = app.now() + interval '1 minute'), array_fill(pg_temp.lease(), array[2]), 'the last two are the taker''s for a minute');

select pg_temp.queue('a', 1);
update public.outbound_calls set due_at = due_at + interval '1 minute' where state = 'waiting';
select is(pg_temp.take(10), null, 'not before it is due');
select pg_temp.pass('1 minute');
update public.outbound_shares set at_once = 3;
select is(pg_temp.take(10), null, 'a clinic''s own cap');
update public.outbound_shares set at_once = 4;
select is(pg_temp.take(10), 'a', 'is its own');
select * from finish();
rollback;
