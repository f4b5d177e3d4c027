create or replace function app.status_of_outbound_calls(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'outbound_calls', p_now, '1 hour', w.calls, w.since, r.placed_at,
      case when r.failed_at > coalesce(r.placed_at, '-infinity') then 'calls_failed' end, r.failed_at)
    from (
      select count(*), min(c.due_at)
      from public.outbound_calls c
      where c.org_id = p_org_id and c.state = 'waiting' and c.due_at <= p_now
    ) w (calls, since)
    cross join (
      select max(c.placed_at), max(c.updated_at) filter (
        where c.state in ('waiting', 'given_up') and c.reason in ('refused', 'unreachable', 'unauthorized', 'line_busy', 'expired', 'lost'))
      from (
        select n.state, n.reason, n.placed_at, n.updated_at
        from public.outbound_calls n
        where n.org_id = p_org_id and n.created_at > p_now - interval '7 days'
        order by n.created_at desc, n.id desc
        limit 200
      ) c
    ) r (placed_at, failed_at));
end
$$;

comment on function app.status_of_outbound_calls(uuid, timestamptz) is
  'The area outbound_calls of app.system_status: calls that are due and not begun; they may wait for a free line for an hour. calls_failed: the last call could not be made, or came too late to be; one that is made ends it. A call that a rule forbids has not failed. Of the newest 200 calls of a week.';

select app.seal('app.status_of_outbound_calls(uuid, timestamptz)', null, 'app_writer');
