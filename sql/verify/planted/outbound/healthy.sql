-- One call under way, one being dialled, two that wait, and one that was made before the number opted out.
begin;
\ir ../../../tests/outbound.psql
select pg_temp.queue('a', 1);
select pg_temp.ring('vapi-1');
select pg_temp.ended('vapi-1', 'customer-ended-call', true);
select pg_temp.pass('1 minute');
select pg_temp.owner($$ insert into public.opt_outs (org_id, channel, phone, number_hash, source) select org_id, 'voice', to_number, app.number_hash(to_number), 'call' from public.outbound_calls $$);
select pg_temp.queue('a', 1);
select pg_temp.ring('vapi-2');
select pg_temp.queue('a', 1);
select pg_temp.dial();
select pg_temp.queue('a', 1), pg_temp.queue('b', 1);
reset role;
commit;
