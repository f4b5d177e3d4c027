-- plpgsql, as all of these: it keeps the plan, and planning took ten times as long as reading. See docs/decisions/0005.
create or replace function app.status_of_messages(p_org_id uuid, p_now timestamptz)
returns setof app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    with recent as (
      select app.message_area(m.category, m.campaign_id is not null) as area,
        max(m.sent_at) filter (where m.status in ('sent', 'delivered')) as sent_at,
        max(m.updated_at) filter (where m.status = 'failed') as failed_at,
        max(m.handed_over_at) filter (where m.status = 'unknown') as unknown_at
      from (
        select n.category, n.campaign_id, n.status, n.sent_at, n.handed_over_at, n.updated_at
        from public.messages n
        where n.org_id = p_org_id and n.created_at > p_now - interval '7 days' and n.direction = 'outbound'
        order by n.created_at desc
        limit 500
      ) m
      group by 1
    ),
    waiting as (
      select w.area, count(*) as messages, min(w.since) as since
      from (
        -- Every way and category is named, so that messages_counted finds the queued ones without reading the others.
        select app.message_area(m.category, m.campaign_id is not null), m.created_at
        from public.messages m
        where m.org_id = p_org_id and m.direction = 'outbound' and m.method in ('sms', 'email', 'export') and m.status = 'queued'
          and m.category in ('code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply', 'share', 'export', 'invitation', 'alert')
        union all
        select app.message_area(s.kind, false), s.due_at
        from public.scheduled_messages s
        where s.org_id = p_org_id and s.state = 'waiting' and s.due_at <= p_now
      ) w (area, since)
      group by w.area
    ),
    refused as (
      select min(c.updated_at) as at
      from public.org_credentials c
      where c.org_id = p_org_id and c.provider in ('twilio', 'resend') and c.verification_error is not null
    )
    select j.*
    from unnest(array['messages', 'reminders', 'campaigns']) with ordinality x (area, position)
    cross join refused f
    left join recent r on r.area = x.area
    left join waiting w on w.area = x.area
    cross join lateral app.judge_area(
      x.area, p_now, '15 minutes', coalesce(w.messages, 0), w.since, r.sent_at,
      case
        when x.area = 'messages' and f.at is not null then 'account_refused'
        when coalesce(greatest(r.failed_at, r.unknown_at) <= r.sent_at, false) then null
        when r.unknown_at >= coalesce(r.failed_at, r.unknown_at) then 'outcome_unknown'
        when r.failed_at is not null then 'message_failed'
      end,
      case when x.area = 'messages' and f.at is not null then f.at else greatest(r.failed_at, r.unknown_at) end) j
    order by x.position;
end
$$;

comment on function app.status_of_messages(uuid, timestamptz) is
  'The areas messages, reminders (confirmations are among them) and campaigns of app.system_status: what is written and not handed to a provider, and what should have been written by now. account_refused: Twilio or Resend refuses the clinic''s account. message_failed, outcome_unknown: the last message did not go out, or nobody knows whether it did; the next that goes out ends both. Successes and failures are those of the newest 500 messages of a week.';

select app.seal('app.status_of_messages(uuid, timestamptz)', null, 'app_writer');
