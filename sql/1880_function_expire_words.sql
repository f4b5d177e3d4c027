-- Whoever erases or deletes holds some of these rows and waits for others: so nothing here waits, what is held is for later.
create or replace function app.expire_words(p_before timestamptz, p_limit integer)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_old uuid[];
  v_messages integer;
  v_gaps integer;
begin
  v_old := array(
    select c.id
    from public.call_logs c
    where c.org_id = v_org_id and c.began_at <= p_before and (c.transcript_state = 'stored' or c.summary is not null)
    order by c.began_at
    limit p_limit
    for no key update skip locked);
  update public.call_logs c
  set transcript = '[]', transcript_state = 'none', summary = null, summary_source = null, sentiment = null, sentiment_score = null,
    sentiment_source = null, urgency = null, urgency_source = null, lead_reasons = '{}', service_ids = '{}',
    -- A report that is fetched late must bring nothing back.
    reported_at = coalesce(c.reported_at, v_now), updated_at = v_now
  where c.org_id = v_org_id and c.id = any (v_old);
  update public.booking_attempts b
  set said_date = null, said_time = null
  where b.org_id = v_org_id and b.call_id = any (v_old) and (b.said_date is not null or b.said_time is not null);
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[expired]'
  where m.org_id = v_org_id and m.id = any (array(
    select o.id
    from public.caller_messages o
    where o.org_id = v_org_id and o.created_at <= p_before and o.body not in ('[erased]', '[expired]')
    order by o.created_at
    limit p_limit
    for no key update skip locked));
  get diagnostics v_messages = row_count;
  delete from public.knowledge_gaps g
  where g.org_id = v_org_id and g.id = any (array(
    select o.id
    from public.knowledge_gaps o
    where o.org_id = v_org_id and o.last_asked_at <= p_before
    order by o.last_asked_at
    limit p_limit
    for update skip locked));
  get diagnostics v_gaps = row_count;
  return cardinality(v_old) + v_messages + v_gaps;
end
$$;

comment on function app.expire_words(timestamptz, integer) is
  'The part of app.apply_retention about calls: their words and what was read from them go, messages that callers left, and questions without an answer that nobody asked since; times, outcome, cost and score stay. p_limit at most of each; returns of how many.';

select app.seal('app.expire_words(timestamptz, integer)', null, 'app_writer');
