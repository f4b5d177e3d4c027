begin;
\ir ../messages.psql
select plan(9);
create function pg_temp.settle(p_key text) returns text language sql as $$
  select coalesce((select status from app.message_to_settle((pg_temp.message(p_key)).id)), 'nothing')
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select pg_temp.send('code', 'k1'), pg_temp.send('code', 'k2', p_hand_over => false);
select is(pg_temp.settle('k1'), 'unknown', 'handed over and never finished');
select is((pg_temp.message('k1')).status, 'unknown', 'is unknown from now on');
select is(pg_temp.settle('k1'), 'unknown', 'and may be asked about again');
select is(pg_temp.settle('k2'), 'nothing', 'one that waits for its sender is not');
select is((pg_temp.message('k2')).status, 'queued', 'and stays so');
select app.finish_message((pg_temp.message('k1')).id, 'sent', 'SM1');
select is(pg_temp.settle('k1'), 'nothing', 'settled');
select is(pg_temp.send('code', 'k1'), 'replayed', 'never sent again');
select is(pg_temp.rows('public.notifications'), 0::bigint, 'nobody needs to know yet');
select pg_temp.send('code', 'k3');
select set_config('test.id', (pg_temp.message('k3')).id::text, true);
select pg_temp.act_for('b');
select is((select count(*) from app.message_to_settle(current_setting('test.id')::uuid)), 0::bigint, 'another clinic''s');
select * from finish();
rollback;
