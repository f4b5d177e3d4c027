-- Conditions are put together as in app.list_appointments.
create or replace function app.list_booking_attempts(
  p_kind text default null,
  p_outcome text default null,
  p_reason text default null,
  p_call_id uuid default null,
  p_appointment_id uuid default null,
  p_from text default null,
  p_to text default null,
  p_page integer default 1,
  p_limit integer default 20
)
returns setof app.booking_attempt_row
language plpgsql
stable
set search_path = ''
as $$
declare
  c_counted constant bigint := 50000;
  v_org public.organizations;
  v_from timestamptz;
  v_to timestamptz;
  v_where text := 't.org_id = $1';
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  v_from := app.period_bound(p_from, v_org.time_zone, false);
  v_to := app.period_bound(p_to, v_org.time_zone, true);
  if p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'pages begin at 1 and have up to 100 rows' using errcode = 'VX400';
  end if;
  v_where := v_where
    || case when p_kind is not null then ' and t.kind = $2' else '' end
    || case when p_outcome is not null then ' and t.outcome = $3' else '' end
    || case when p_reason is not null then ' and t.reason = $4' else '' end
    || case when p_call_id is not null then ' and t.call_id = $5' else '' end
    || case when p_appointment_id is not null then ' and t.appointment_id = $6' else '' end
    || case when v_from is not null then ' and t.at >= $7' else '' end
    || case when v_to is not null then ' and t.at < $8' else '' end;

  execute format('select count(*) from (select from public.booking_attempts t where %s limit %s) x', v_where, c_counted + 1)
  into v_total
  using v_org.id, p_kind, p_outcome, p_reason, p_call_id, p_appointment_id, v_from, v_to;
  v_span := app.page_span(v_total, v_total > c_counted, p_page, p_limit);
  execute format('select array(select t.id from public.booking_attempts t where %s order by %s limit $9 offset $10)', v_where,
    case when v_span.from_end then 't.at, t.id' else 't.at desc, t.id desc' end)
  into v_ids
  using v_org.id, p_kind, p_outcome, p_reason, p_call_id, p_appointment_id, v_from, v_to, v_span.take, v_span.skip;
  return query
  select t.id, t.at, t.kind, t.outcome, t.reason, t.call_id, t.appointment_id, t.service_id, s.name, t.resource_id, r.name,
    t.starts_at, coalesce(l.time_zone, v_org.time_zone), t.said_date, t.said_time, t.actor_user_id, u.name,
    least(v_total, c_counted), v_total > c_counted
  from unnest(v_ids) with ordinality wanted (id, place)
  join public.booking_attempts t on t.org_id = v_org.id and t.id = wanted.id
  left join public.services s on s.org_id = t.org_id and s.id = t.service_id
  left join public.resources r on r.org_id = t.org_id and r.id = t.resource_id
  left join public.locations l on l.org_id = r.org_id and l.id = r.location_id
  left join public.profiles u on u.org_id = t.org_id and u.user_id = t.actor_user_id
  order by case when v_span.from_end then -wanted.place else wanted.place end;
end
$$;

comment on function app.list_booking_attempts(text, text, text, uuid, uuid, text, text, integer, integer) is
  'A page of the tries to hold, book, move, cancel or approve that fit every filter given, the latest first: the answer to "why was this refused?". Days of p_from and p_to are the clinic''s, both included. VX400 for a malformed date or page.';

select app.seal('app.list_booking_attempts(text, text, text, uuid, uuid, text, text, integer, integer)', null, 'tenant_user');
