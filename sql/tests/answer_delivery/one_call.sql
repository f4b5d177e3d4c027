begin;
select plan(2);
\ir ../clinics.psql
-- Plans are made, and kept, while the clinic has few calls.
analyze public.call_logs, public.contacts, public.webhook_deliveries;
select pg_temp.act_for('a');
select app.accept_delivery('call-1', 'tool-calls', 'tool-1', sha256('zanzibar-lilac'));
do $$
begin
  for n in 1..10 loop
    perform app.answer_delivery('call-1', 'tool-calls', 'tool-1', 'Free.');
  end loop;
end
$$;
reset role;
insert into public.call_logs (org_id, vapi_call_id, direction)
select 'a0000000-0000-7000-8000-000000000001', 'other-' || n, 'inbound' from generate_series(1, 50) n;
set local track_functions = 'all';
select pg_temp.act_for('a');
select app.answer_delivery('call-1', 'tool-calls', 'tool-1', 'Booked.');
reset role;
select is((select d.answer from public.webhook_deliveries d where d.vapi_call_id = 'call-1'), 'Booked.', 'the answer is kept');
select is(pg_stat_get_xact_function_calls('app.is_forgotten(uuid)'::regprocedure), 1::bigint, 'and of the clinic''s calls only this one is looked at');
select * from finish();
rollback;
