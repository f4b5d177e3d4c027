-- Put together as in app.list_appointments: each filter gets the index that serves it.
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
set random_page_cost = 1.1 -- what lists show is in memory: a few rows by their ids beat all of them in a row
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
  v_search text := nullif(lower(btrim(p_search)), '');
  v_found uuid[] := app.found_ids('message', v_search);
  v_where text := 'm.org_id = $1';
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  v_where := v_where
    || case when v_period[1] is not null then ' and m.created_at >= $2' else '' end
    || case when v_period[2] is not null then ' and m.created_at < $3' else '' end
    || case when p_direction is not null then ' and m.direction = $4' else '' end
    || case when p_method is not null then ' and m.method = $5' else '' end
    || case when p_category is not null then ' and m.category = $6' else '' end
    || case when p_status is not null then ' and m.status = $7' else '' end
    || case when p_contact_id is not null then ' and m.contact_id = $8' else '' end
    || case when v_found is not null then ' and m.id = any ($10)'
      when v_search is not null then ' and position($9 in lower(concat_ws('' '', m.recipient, m.subject, m.content))) > 0' else '' end;

  execute format('select count(*) from (select from public.messages m where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, v_period[1], v_period[2], p_direction, p_method, p_category, p_status, p_contact_id, v_search, v_found;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select m.id from public.messages m where %s order by %s limit $11 offset $12)', v_where,
    case when v_span.from_end then 'm.created_at, m.id' else 'm.created_at desc, m.id desc' end)
  into v_ids
  using v_org_id, v_period[1], v_period[2], p_direction, p_method, p_category, p_status, p_contact_id, v_search, v_found,
    v_span.take, v_span.skip;
  return query
  select m.id, m.direction, m.method, m.category, m.recipient, m.subject, m.content, m.status, m.reason, m.provider_error,
    m.service_provider, m.external_message_id, m.segments::integer, m.contact_id, k.name, m.call_id, m.appointment_id,
    m.actor_user_id, m.sent_at, m.created_at, least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page (id, place)
  join public.messages m on m.org_id = v_org_id and m.id = page.id
  left join public.contacts k on k.org_id = m.org_id and k.id = m.contact_id
  order by case when v_span.from_end then -page.place else page.place end;
end
$$;

comment on function app.list_messages(integer, integer, date, date, text, text, text, text, uuid, text) is
  'A page of the messages, the newest first. NULL filters nothing; p_from and p_to are days of the clinic, p_search finds part of the recipient, the subject or the text. Every member may look. VX400 for days in the wrong order.';

select app.seal('app.list_messages(integer, integer, date, date, text, text, text, text, uuid, text)', 'app_writer', 'tenant_user');
