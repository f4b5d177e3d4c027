-- Put together as in app.list_appointments: each filter gets the index that serves it.
create or replace function app.list_calls(
  p_page integer,
  p_limit integer,
  p_from date default null,
  p_to date default null,
  p_recent text default null,
  p_state text default null,
  p_direction text default null,
  p_contact_id uuid default null,
  p_search text default null,
  p_sentiment text default null,
  p_urgency text default null,
  p_outcome text default null
)
returns setof app.call_row
language plpgsql
stable
security definer
set search_path = ''
set random_page_cost = 1.1 -- what lists show is in memory: a few rows by their ids beat all of them in a row
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to, p_recent);
  v_search text := nullif(lower(btrim(p_search)), '');
  -- Words with a digit in them are no number, or "Room 3" would find all that have a 3. Zeros in front: see app.contact_search.
  v_digits text := case when p_search !~ '[[:alpha:]]'
    then nullif(regexp_replace(regexp_replace(p_search, '[^0-9]', '', 'g'), '^0+([1-9])', '\1'), '') end;
  v_people uuid[];
  v_calls uuid[];
  v_where text := 'c.org_id = $1 and c.deleted_at is null';
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  v_where := v_where
    || case when v_period[1] is not null then ' and c.began_at >= $2' else '' end
    || case when v_period[2] is not null then ' and c.began_at < $3' else '' end
    || case when p_state is not null then ' and app.call_state(c.status, c.outcome, c.ended_reason) = $4' else '' end
    || case when p_direction is not null then ' and c.direction = $5' else '' end
    || case when p_contact_id is not null then ' and c.contact_id = $6' else '' end
    || case when p_sentiment is not null then ' and c.sentiment = $11' else '' end
    || case when p_urgency is not null then ' and c.urgency = $12' else '' end
    || case when p_outcome is not null then ' and c.outcome = $13' else '' end;
  if v_search is not null then
    v_people := app.found_ids('caller', v_search);
    v_calls := case when v_digits is null then '{}' else app.found_ids('call', v_digits) end;
    v_where := v_where || case when v_people is not null and v_calls is not null then ' and (c.contact_id = any ($9) or c.id = any ($10))'
      else ' and (position($8 in case c.direction when ''outbound'' then c.to_number else c.from_number end) > 0 or exists ('
        || 'select from public.contacts k where k.org_id = $1 and k.id = c.contact_id and position($7 in lower(k.name)) > 0))' end;
  end if;

  execute format('select count(*) from (select from public.call_logs c where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, v_period[1], v_period[2], p_state, p_direction, p_contact_id, v_search, v_digits, v_people, v_calls,
    p_sentiment, p_urgency, p_outcome;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select c.id from public.call_logs c where %s order by %s limit $14 offset $15)', v_where,
    case when v_span.from_end then 'c.began_at, c.id' else 'c.began_at desc, c.id desc' end)
  into v_ids
  using v_org_id, v_period[1], v_period[2], p_state, p_direction, p_contact_id, v_search, v_digits, v_people, v_calls,
    p_sentiment, p_urgency, p_outcome, v_span.take, v_span.skip;
  return query
  select c.id, c.vapi_call_id, c.contact_id, k.name, case c.direction when 'outbound' then c.to_number else c.from_number end,
    c.to_number, c.direction, app.call_state(c.status, c.outcome, c.ended_reason), c.began_at,
    c.started_at, c.ended_at, c.duration_seconds, c.outcome, c.ended_reason, c.summary, c.transcript_state, c.recording_state,
    c.tools_used, c.cost_micros, c.created_at, least(v_total, 50000), v_total > 50000, c.recording_error,
    c.summary_source, c.sentiment, c.sentiment_score, c.urgency
  from unnest(v_ids) with ordinality page (id, place)
  join public.call_logs c on c.org_id = v_org_id and c.id = page.id
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  order by case when v_span.from_end then -page.place else page.place end;
end
$$;

comment on function app.list_calls(integer, integer, date, date, text, text, text, uuid, text, text, text, text) is
  'A page of the calls that were not deleted, the newest first. NULL filters nothing: p_from and p_to are days of the clinic, p_recent is today, week or month, p_state a word of app.call_state, p_direction inbound, outbound or web; p_search finds part of the contact''s name, or of the number on the other side; p_sentiment, p_urgency and p_outcome are those of call_logs. Every member may look. VX400 for days in the wrong order.';

select app.seal('app.list_calls(integer, integer, date, date, text, text, text, uuid, text, text, text, text)', 'app_writer', 'tenant_user');
