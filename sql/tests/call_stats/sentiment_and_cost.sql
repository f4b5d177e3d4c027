-- The mean of the calls that have a sentiment, and what all cost, from days and calls alike, and right after a late report or a deletion.
begin;
\ir ../messages.psql
select plan(8);
create function pg_temp.numbers() returns text language sql as $$
  select concat_ws(' ', average_sentiment, felt, cost_micros) from app.call_stats()
$$;
create function pg_temp.roll() returns integer language plpgsql as $$
begin
  perform pg_temp.act_for('a');
  return app.roll_up_calls(9);
end
$$;
update public.call_logs set started_at = pg_temp.t('01 12:00') where id = :'call1';
update public.call_logs set started_at = pg_temp.t('02 12:00') where id = :'call2';
select pg_temp.act_as('viewer');
select is(pg_temp.numbers(), '0 0 0', 'nobody spoke');
select pg_temp.act_for('a');
select app.record_call_report(:'call1', null, null, 60, 'customer-ended-call', null, '[]', 41999, false, '{}', p_analysis => '{"sentiment_score": 0.8}');
select app.record_call_report(:'call3', null, null, 60, 'customer-ended-call', null, '[]', 1, false, '{}', p_analysis => '{"sentiment_score": 0.33}');
select pg_temp.act_as('viewer');
select is(pg_temp.numbers(), '0.57 2 42000', 'two calls');
select cmp_ok(pg_temp.roll(), '>', 1, 'two days are rolled up, with the third call''s still open');
select pg_temp.act_as('viewer');
select is(pg_temp.numbers(), '0.57 2 42000', 'the same from the days');
select pg_temp.act_for('a');
select app.record_call_report(:'call2', null, null, 60, 'customer-ended-call', null, '[]', 8000, false, '{}', p_analysis => '{"sentiment": "negative"}');
select pg_temp.act_as('viewer');
select is(pg_temp.numbers(), '0.44 3 50000', 'a late report counts');
select cmp_ok(pg_temp.roll(), '>', 0, 'its day is rolled up anew');
select pg_temp.act_as('admin');
select app.delete_call(:'call2');
select is(pg_temp.numbers(), '0.57 2 50000', 'how the caller of a deleted call sounded is gone, what it cost is not');
select pg_temp.act_for('b');
select is((select count(*) from public.call_days where org_id = 'a0000000-0000-7000-8000-000000000001'), 0::bigint, 'the neighbour sees none of it');
select * from finish();
rollback;
