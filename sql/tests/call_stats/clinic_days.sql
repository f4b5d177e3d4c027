-- "Today" ends at the clinic's midnight; a deleted call stays in the numbers.
begin;
\ir ../messages.psql
select plan(4);
select pg_temp.act_as('viewer');
select is((select s.total_calls || ' ' || s.success_rate || ' ' || s.pipeline_minor from app.call_stats() s), '3 0 0', 'nothing has ended');
reset role;
update public.call_logs set started_at = pg_temp.t('03 23:59:59'), status = 'ended', outcome = 'missed', duration_seconds = 3 where id = :'call1';
update public.call_logs set started_at = pg_temp.t('04 00:00'), status = 'ended', outcome = 'booked', duration_seconds = 100, deleted_at = app.now() where id = :'call2';
update public.call_logs set started_at = '2030-02-28 12:00 America/Chicago', status = 'ended', outcome = 'transferred', duration_seconds = 50, direction = 'outbound' where id = :'call3';
update public.contacts set lead_status = 'hot' where id in (:'nora', 'b0000000-0000-7000-8000-0000000000d1');
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather'), pg_temp.book('05 11:00', 'Nell Quillfeather');
select pg_temp.act_as('viewer');
select is((select to_jsonb(s) from app.call_stats() s), jsonb_build_object(
  'total_calls', 3, 'inbound_calls', 2, 'outbound_calls', 1, 'completed_calls', 1, 'missed_calls', 1, 'transferred_calls', 1,
  'failed_calls', 0, 'calls_today', 1, 'calls_this_week', 3, 'calls_this_month', 2, 'average_seconds', 51, 'success_rate', 66.7,
  'pipeline_minor', 19800, 'hot_leads', 1, 'felt', 0, 'average_sentiment', 0, 'cost_micros', 0), 'of Lakeside only');
select pg_temp.clock('12 09:00');
select is((select s.calls_today || ' ' || s.calls_this_week || ' ' || s.calls_this_month || ' ' || s.pipeline_minor from app.call_stats() s), '0 0 2 0',
  'another day, after the clocks were set forward');
select pg_temp.act_for('a');
select throws_ok($$ select * from app.call_stats() $$, '42501', null, 'webhooks count nothing');
select * from finish();
rollback;
