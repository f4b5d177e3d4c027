-- Two stretches, because the indexes by time are of the deleted calls and of the others.
create or replace function app.count_calls(p_from timestamptz, p_to timestamptz)
returns setof app.call_count
language plpgsql
stable
rows 1
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select count(*), count(*) filter (where s.direction = 'inbound'), count(*) filter (where s.direction = 'outbound'),
    count(*) filter (where s.state <> 'in_progress'), count(*) filter (where s.state = 'missed'),
    count(*) filter (where s.state = 'failed'), count(*) filter (where s.state = 'transferred'),
    count(s.duration_seconds) filter (where s.state <> 'in_progress'),
    coalesce(sum(s.duration_seconds) filter (where s.state <> 'in_progress'), 0),
    count(s.sentiment_score), coalesce(sum(round(s.sentiment_score * 100)::bigint), 0)::bigint, coalesce(sum(s.cost_micros), 0)::bigint
  from (
    select l.direction, l.duration_seconds, l.sentiment_score, l.cost_micros, app.call_state(l.status, l.outcome, l.ended_reason) as state
    from (
      select c.direction, c.status, c.outcome, c.ended_reason, c.duration_seconds, c.sentiment_score, c.cost_micros
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is null and c.began_at >= p_from and c.began_at < p_to
      union all
      select c.direction, c.status, c.outcome, c.ended_reason, c.duration_seconds, c.sentiment_score, c.cost_micros
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is not null and c.began_at >= p_from and c.began_at < p_to
        and c.ended_reason is distinct from 'call.start.error-subscription-concurrency-limit-reached' -- rang nobody
    ) l
    offset 0 -- or the state would be found out anew in every column
  ) s;
end
$$;

comment on function app.count_calls(timestamptz, timestamptz) is
  'The clinic''s calls that began in [p_from, p_to) in numbers, counted one by one, deleted ones too: one row, with zeros where there are none.';

select app.seal('app.count_calls(timestamptz, timestamptz)', null, 'app_writer');
