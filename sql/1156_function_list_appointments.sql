-- The conditions are put together per request: only those that were asked for stand in the statement, so that each gets
-- the index that serves it. Every fragment is a literal of this file; what was asked comes in as a parameter.
create or replace function app.list_appointments(
  p_statuses text[] default null,
  p_from text default null,
  p_to text default null,
  p_contact_id uuid default null,
  p_resource_id uuid default null,
  p_service_id uuid default null,
  p_search text default null,
  p_range text default null,
  p_sort text default 'scheduled_at',
  p_page integer default 1,
  p_limit integer default 20
)
returns setof app.appointment_row
language plpgsql
stable
set search_path = ''
set random_page_cost = 1.1 -- what lists show is in memory: a few rows by their ids beat all of them in a row
as $$
declare
  c_counted constant bigint := 50000;
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_first timestamp := date_trunc(case p_range when 'today' then 'day' else p_range end, app.now() at time zone v_zone);
  v_from timestamptz := app.period_bound(coalesce(p_from, v_first::date::text), v_zone, false);
  v_to timestamptz;
  v_search text := nullif(btrim(p_search), '');
  v_contacts uuid[];
  v_patients uuid[];
  v_where text := 'a.org_id = $1 and a.status <> ''held''';
  v_order text := case p_sort
    when 'scheduled_at' then 'a.scheduled_at, a.id'
    when '-scheduled_at' then 'a.scheduled_at desc, a.id desc'
    when 'created_at' then 'a.id' -- ids are made in the order of time
    when '-created_at' then 'a.id desc' end;
  v_back text := case p_sort
    when 'scheduled_at' then 'a.scheduled_at desc, a.id desc'
    when '-scheduled_at' then 'a.scheduled_at, a.id'
    when 'created_at' then 'a.id desc'
    when '-created_at' then 'a.id' end;
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  if p_range not in ('today', 'week', 'month') or (p_range is not null and coalesce(p_from, p_to) is not null) then
    raise exception 'the range is today, week or month, and stands alone' using errcode = 'VX400';
  elsif v_order is null or p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'sort by scheduled_at or created_at; pages begin at 1 and have up to 100 rows' using errcode = 'VX400';
  end if;
  v_to := app.period_bound(coalesce(p_to, (v_first
    + case p_range when 'today' then interval '1 day' when 'week' then interval '7 days' else interval '1 month' end)::date::text || ' 00:00'),
    v_zone, true);
  v_where := v_where
    || case when p_statuses is not null then ' and a.status = any ($2)' else '' end
    || case when v_from is not null then ' and a.scheduled_at >= $3' else '' end
    || case when v_to is not null then ' and a.scheduled_at < $4' else '' end
    || case when p_contact_id is not null then ' and a.contact_id = $5' else '' end
    || case when p_resource_id is not null then ' and a.resource_id = $6' else '' end
    || case when p_service_id is not null then ' and a.service_id = $7' else '' end;
  if v_search is not null then
    v_where := v_where || ' and (a.contact_id = any ($8) or a.patient_id = any ($9) or a.booking_ref = $10)';
    v_contacts := array(select app.contacts_like(v_search));
    v_patients := coalesce(app.found_ids('patient', v_search), array(
      select p.id from public.patients p
      where p.org_id = v_org_id and strpos(lower(p.name), lower(v_search)) > 0));
  end if;

  execute format('select count(*) from (select from public.appointments a where %s limit %s) x', v_where, c_counted + 1)
  into v_total
  using v_org_id, p_statuses, v_from, v_to, p_contact_id, p_resource_id, p_service_id, v_contacts, v_patients, upper(v_search);
  v_span := app.page_span(v_total, v_total > c_counted, p_page, p_limit);
  execute format('select array(select a.id from public.appointments a where %s order by %s limit $11 offset $12)', v_where,
    case when v_span.from_end then v_back else v_order end)
  into v_ids
  using v_org_id, p_statuses, v_from, v_to, p_contact_id, p_resource_id, p_service_id, v_contacts, v_patients, upper(v_search),
    v_span.take, v_span.skip;
  if v_span.from_end then
    v_ids := array(select i.id from unnest(v_ids) with ordinality i (id, place) order by i.place desc);
  end if;
  return query
  select * from app.appointment_rows(v_ids, least(v_total, c_counted), v_total > c_counted);
end
$$;

comment on function app.list_appointments(text[], text, text, uuid, uuid, uuid, text, text, text, integer, integer) is
  'A page of the visits that fit every filter given; holds never. Days of p_from and p_to are the clinic''s, both included. p_search: part of the patient''s or contact''s name, e-mail address or number, or a booking reference. p_range: today, week (from Monday) or month of the clinic''s calendar, instead of p_from and p_to. p_sort: scheduled_at or created_at, with a minus the latest first. Beyond 50 000 visits total is 50 000 and total_is_estimate. VX400 for a malformed date, sort or page.';

select app.seal('app.list_appointments(text[], text, text, uuid, uuid, uuid, text, text, text, integer, integer)', null, 'tenant_user');
