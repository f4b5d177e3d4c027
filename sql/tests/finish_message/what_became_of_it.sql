begin;
\ir ../messages.psql
select plan(28);
create function pg_temp.finish(p_key text, p_outcome text, p_external text default null, p_error text default null, p_reason text default null)
returns text language sql as $$
  select app.finish_message((pg_temp.message(p_key)).id, p_outcome, p_external, p_error, p_reason)
$$;
create function pg_temp.stands(p_key text) returns text language sql stable as $$
  select concat_ws(' ', m.status, m.reason, m.external_message_id, m.provider_error, case when m.sent_at is not null then 'left' end)
  from pg_temp.message(p_key) m
$$;
create function pg_temp.told() returns text[] language sql stable security definer as $$
  select array_agg(n.kind || ': ' || n.title order by n.title) from public.notifications n
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select pg_temp.send('code', 'k1'), pg_temp.send('code', 'k2'), pg_temp.send('reply', 'k3'), pg_temp.send('follow_up', 'k4');
select is(pg_temp.finish('k1', 'sent', 'SM1'), 'sent', 'sent');
select is(pg_temp.stands('k1'), 'sent SM1 left', 'with the provider''s id and when');
select is(pg_temp.finish('k1', 'failed'), 'sent', 'it is not taken back');
select is(pg_temp.finish('k2', 'failed', p_error => '30003'), 'failed', 'failed');
select is(pg_temp.stands('k2'), 'failed refused 30003', 'with the provider''s code');
select is(pg_temp.told(), '{"message_failed: A code could not be sent"}', 'staff are told of a code');
select is(pg_temp.finish('k3', 'failed', p_reason => 'never_accepted'), 'failed', 'a reply');
select is(pg_temp.stands('k3'), 'failed never_accepted', 'with the reason');
select is(cardinality(pg_temp.told()), 1, 'is no news');
select is(pg_temp.finish('k4', 'unknown'), 'unknown', 'nobody knows');
select is(cardinality(pg_temp.told()), 1, 'it is asked first');
select is(pg_temp.finish('k4', 'unknown', p_reason => 'cannot_ask'), 'unknown', 'nobody can be asked');
select is(pg_temp.finish('k4', 'unknown', p_reason => 'cannot_ask'), 'unknown', 'still not');
select is((pg_temp.told())[2:], '{"message_unknown: A message may or may not have been sent"}', 'staff are told, once');
select is(pg_temp.finish('k4', 'sent', 'SM4'), 'sent', 'until it is found');
select is(pg_temp.stands('k4'), 'sent SM4 left', 'and nothing is unknown any more');

select pg_temp.send('reply', 'k5');
select app.record_delivery((pg_temp.message('k5')).id, 'SM5', 'delivered');
select is(pg_temp.finish('k5', 'unknown'), 'delivered', 'a delivery report that was faster stays');
select pg_temp.send('reply', 'k6');
select pg_temp.owner($$ update public.messages set status = 'delivered' where send_key = 'k6' $$);
select pg_temp.finish('k6', 'sent', 'SM6');
select is((pg_temp.message('k6')).external_message_id, 'SM6', 'it only gets the id it lacks');

select pg_temp.send('reminder', 'k7');
select is(pg_temp.finish('k7', 'failed', p_error => '21610'), 'failed', 'the carrier says they opted out');
select is(pg_temp.stands('k7'), 'failed opted_out 21610', 'so it is');
select is((select source || ' ' || phone from public.opt_outs), 'carrier +13125550199', 'kept for the number');
select is(pg_temp.send('code', 'k8'), 'blocked opted_out', 'from now on');
select is((pg_temp.told())[3:], '{"message_failed: A reminder could not be sent"}', 'staff are told');

select throws_ok($$ select app.finish_message((pg_temp.message('k1')).id, 'delivered') $$, 'VX400', null, 'only the provider knows that');
select throws_ok($$ select app.finish_message((pg_temp.message('k1')).id, null) $$, 'VX400', null, 'no outcome');
select throws_ok($$ select app.finish_message('a0000000-0000-7000-8000-00000000ffff', 'sent') $$, 'VX404', null, 'no such message');
select set_config('test.id', (pg_temp.message('k4')).id::text, true);
select pg_temp.act_for('b');
select throws_ok($$ select app.finish_message(current_setting('test.id')::uuid, 'sent') $$, 'VX404', null, 'another clinic''s');
select pg_temp.act_as('owner');
select throws_ok($$ select app.finish_message(current_setting('test.id')::uuid, 'sent') $$, '42501', null, 'nobody on the dashboard says so');
select * from finish();
rollback;
