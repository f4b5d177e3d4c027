-- Planned anew each time, so that a filter that is not asked for costs nothing and the newest page comes from its index.
create or replace function app.list_calls(
  p_page integer,
  p_limit integer,
  p_from date default null,
  p_to date default null,
  p_recent text default null,
  p_state text default null,
  p_direction text default null,
  p_contact_id uuid default null,
  p_search text default null
)
returns setof app.call_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to, p_recent);
  v_from timestamptz := v_period[1];
  v_until timestamptz := v_period[2];
  v_search text := nullif(lower(btrim(p_search)), '');
  v_digits text := nullif(regexp_replace(p_search, '[^0-9]', '', 'g'), '');
  v_ids uuid[];
  v_total bigint;
begin
  v_ids := array(
    select c.id
    from public.call_logs c
    left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.org_id = v_org_id and c.deleted_at is null
      and (v_from is null or coalesce(c.started_at, c.created_at) >= v_from)
      and (v_until is null or coalesce(c.started_at, c.created_at) < v_until)
      and (p_state is null or app.call_state(c.status, c.outcome, c.ended_reason) = p_state)
      and (p_direction is null or c.direction = p_direction)
      and (p_contact_id is null or c.contact_id = p_contact_id)
      and (v_search is null or position(v_search in lower(k.name)) > 0
        or position(v_digits in case c.direction when 'outbound' then c.to_number else c.from_number end) > 0)
    order by coalesce(c.started_at, c.created_at) desc, c.id desc
    limit p_limit offset (p_page - 1)::bigint * p_limit);
  select count(*) into v_total
  from (
    select
    from public.call_logs c
    left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.org_id = v_org_id and c.deleted_at is null
      and (v_from is null or coalesce(c.started_at, c.created_at) >= v_from)
      and (v_until is null or coalesce(c.started_at, c.created_at) < v_until)
      and (p_state is null or app.call_state(c.status, c.outcome, c.ended_reason) = p_state)
      and (p_direction is null or c.direction = p_direction)
      and (p_contact_id is null or c.contact_id = p_contact_id)
      and (v_search is null or position(v_search in lower(k.name)) > 0
        or position(v_digits in case c.direction when 'outbound' then c.to_number else c.from_number end) > 0)
    limit 50001) counted;
  return query
  select c.id, c.vapi_call_id, c.contact_id, k.name, case c.direction when 'outbound' then c.to_number else c.from_number end,
    c.to_number, c.direction, app.call_state(c.status, c.outcome, c.ended_reason), coalesce(c.started_at, c.created_at),
    c.started_at, c.ended_at, c.duration_seconds, c.outcome, c.ended_reason, c.summary, c.transcript_state, c.recording_state,
    c.tools_used, c.cost_micros, c.created_at, least(v_total, 50000), v_total > 50000, c.recording_error
  from unnest(v_ids) with ordinality page(id, position)
  join public.call_logs c on c.org_id = v_org_id and c.id = page.id
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  order by page.position;
end
$$;

comment on function app.list_calls(integer, integer, date, date, text, text, text, uuid, text) is
  'A page of the calls that were not deleted, the newest first. NULL filters nothing: p_from and p_to are days of the clinic, p_recent is today, week or month, p_state a word of app.call_state, p_direction inbound, outbound or web; p_search finds part of the contact''s name, or of the number on the other side. Every member may look. VX400 for days in the wrong order.';

select app.seal('app.list_calls(integer, integer, date, date, text, text, text, uuid, text)', 'app_writer', 'tenant_user');
