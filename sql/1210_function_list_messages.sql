-- Planned anew each time, so that a filter that is not asked for costs nothing and the newest page comes from its index.
create or replace function app.list_messages(
  p_page integer,
  p_limit integer,
  p_from date default null,
  p_to date default null,
  p_direction text default null,
  p_method text default null,
  p_category text default null,
  p_status text default null,
  p_contact_id uuid default null,
  p_search text default null
)
returns setof app.message_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
  v_from timestamptz := v_period[1];
  v_until timestamptz := v_period[2];
  v_search text := nullif(lower(btrim(p_search)), '');
  v_ids uuid[];
  v_total bigint;
begin
  v_ids := array(
    select m.id
    from public.messages m
    where m.org_id = v_org_id
      and (v_from is null or m.created_at >= v_from)
      and (v_until is null or m.created_at < v_until)
      and (p_direction is null or m.direction = p_direction)
      and (p_method is null or m.method = p_method)
      and (p_category is null or m.category = p_category)
      and (p_status is null or m.status = p_status)
      and (p_contact_id is null or m.contact_id = p_contact_id)
      and (v_search is null or position(v_search in lower(concat_ws(' ', m.recipient, m.subject, m.content))) > 0)
    order by m.created_at desc, m.id desc
    limit p_limit offset (p_page - 1)::bigint * p_limit);
  select count(*) into v_total
  from (
    select
    from public.messages m
    where m.org_id = v_org_id
      and (v_from is null or m.created_at >= v_from)
      and (v_until is null or m.created_at < v_until)
      and (p_direction is null or m.direction = p_direction)
      and (p_method is null or m.method = p_method)
      and (p_category is null or m.category = p_category)
      and (p_status is null or m.status = p_status)
      and (p_contact_id is null or m.contact_id = p_contact_id)
      and (v_search is null or position(v_search in lower(concat_ws(' ', m.recipient, m.subject, m.content))) > 0)
    limit 50001) counted;
  return query
  select m.id, m.direction, m.method, m.category, m.recipient, m.subject, m.content, m.status, m.reason, m.provider_error,
    m.service_provider, m.external_message_id, m.segments::integer, m.contact_id, k.name, m.call_id, m.appointment_id,
    m.actor_user_id, m.sent_at, m.created_at, least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page(id, position)
  join public.messages m on m.org_id = v_org_id and m.id = page.id
  left join public.contacts k on k.org_id = m.org_id and k.id = m.contact_id
  order by page.position;
end
$$;

comment on function app.list_messages(integer, integer, date, date, text, text, text, text, uuid, text) is
  'A page of the messages, the newest first. NULL filters nothing; p_from and p_to are days of the clinic, p_search finds part of the recipient, the subject or the text. Every member may look. VX400 for days in the wrong order.';

select app.seal('app.list_messages(integer, integer, date, date, text, text, text, text, uuid, text)', 'app_writer', 'tenant_user');
