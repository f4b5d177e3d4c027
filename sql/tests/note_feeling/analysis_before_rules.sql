-- What the provider's model found counts where it used words we know; else the caller's own words do.
begin;
\ir ../booking.psql
select plan(15);
create function pg_temp.felt(p_turns jsonb, p_analysis jsonb default null) returns text language plpgsql as $$
begin
  perform pg_temp.owner('update public.call_logs set reported_at = null where vapi_call_id = ''call-1''');
  perform app.record_call_report('a0000000-0000-7000-8000-0000000000c1', null, null, 60, 'customer-ended-call', null, p_turns, null, false, '{}',
    p_analysis => p_analysis);
  return (
    select concat_ws(' ', c.sentiment, c.sentiment_score, c.sentiment_source, c.urgency, c.urgency_source)
    from public.call_logs c where c.vapi_call_id = 'call-1');
end
$$;
select pg_temp.act_for('a');
\set hurts '[{"speaker": "assistant", "text": "Great, perfect!"}, {"speaker": "caller", "text": "It hurts and I am upset"}]'
select is(pg_temp.felt(:'hurts'), 'negative 0.25 rules medium rules', 'by rules, from the caller''s turns');
select is(pg_temp.felt(:'hurts', '{}'), 'negative 0.25 rules medium rules', 'an analysis that says nothing');
select is(pg_temp.felt(:'hurts', '{"sentiment": "positive", "urgency": "low"}'), 'positive 0.8 analysis low analysis', 'by the analysis');
select is(pg_temp.felt(:'hurts', '{"sentiment_score": 0.5}'), 'neutral 0.5 analysis medium rules', 'each for itself');
select is(pg_temp.felt(:'hurts', '{"sentiment": "positive", "sentiment_score": 0.1}'), 'negative 0.1 analysis medium rules', 'a number is more exact than a word');
select is(pg_temp.felt(:'hurts', '{"sentiment": "zanzibar-lilac", "sentiment_score": 7, "urgency": 1}'), 'negative 0.25 rules medium rules', 'other words say nothing');
select is(pg_temp.felt(:'hurts', '[1]'), 'negative 0.25 rules medium rules', 'nor does another shape');
select is(pg_temp.felt('[]'), '', 'who said nothing felt nothing');
select is(pg_temp.felt('[]', '{"sentiment": "neutral"}'), 'neutral 0.5 analysis', 'unless the analysis says so');
select app.take_message(:'call1', 'm1', 'Call me', p_urgent => true);
select is(pg_temp.felt('[{"speaker": "caller", "text": "Hello"}]'), 'neutral 0.5 rules high rules', 'an urgent message');

select is((select summary || summary_source from public.call_logs where id = :'call1'), 'A message was taken for the staff.rules', 'a summary by rules');
select pg_temp.owner('update public.call_logs set reported_at = null where vapi_call_id = ''call-1''');
select app.record_call_report(:'call1', null, null, 60, null, 'Wants a cleaning, 312 555 0111.', '[]', null, false, '{}');
select is((select summary || summary_source from public.call_logs where id = :'call1'), 'Wants a cleaning, [phone].analysis', 'the provider''s, redacted');
select app.record_call_report(:'call3', null, null, 60, null, ' ', '[{"speaker": "caller", "text": "Press one about your business listing"}]', null, false, '{}');
select is((select outcome || ' ' || summary from public.call_logs where id = :'call3'), 'spam A robot or a sales call.', 'a robot');
select is((select count(*) from public.notifications where kind = 'missed_call'), 0::bigint, 'which nobody needs to hear of');
select app.record_call_report(:'call2', null, null, 60, 'pipeline-error-x', null, '[]', null, false, '{}');
select is((select count(*) from public.notifications where kind = 'missed_call'), 1::bigint, 'but of a call that failed');
select * from finish();
rollback;
