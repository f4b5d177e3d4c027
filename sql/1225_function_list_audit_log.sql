-- Put together as in app.list_appointments: each filter gets the index that serves it.
create or replace function app.list_audit_log(
  p_page integer,
  p_limit integer,
  p_from date default null,
  p_to date default null,
  p_action text default null,
  p_entity text default null,
  p_entity_id uuid default null,
  p_actor_user_id uuid default null
)
returns setof app.audit_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
  v_where text := 'g.org_id = $1'
    || case when v_period[1] is not null then ' and g.at >= $2' else '' end
    || case when v_period[2] is not null then ' and g.at < $3' else '' end
    || case when p_action is not null then ' and g.action = $4' else '' end
    || case when p_entity is not null then ' and g.entity = $5' else '' end
    || case when p_entity_id is not null then ' and g.entity_id = $6' else '' end
    || case when p_actor_user_id is not null then ' and g.actor_user_id = $7' else '' end;
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  perform app.require_admin();
  execute format('select count(*) from (select from public.audit_log g where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, v_period[1], v_period[2], p_action, p_entity, p_entity_id, p_actor_user_id;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select g.id from public.audit_log g where %s order by %s limit $8 offset $9)', v_where,
    case when v_span.from_end then 'g.at, g.id' else 'g.at desc, g.id desc' end)
  into v_ids
  using v_org_id, v_period[1], v_period[2], p_action, p_entity, p_entity_id, p_actor_user_id, v_span.take, v_span.skip;
  return query
  select g.id, g.action, g.entity, g.entity_id, g.actor_user_id, p.name, p.email, g.request_id, g.at,
    least(v_total, 50000), v_total > 50000, g.affected
  from unnest(v_ids) with ordinality page (id, place)
  join public.audit_log g on g.org_id = v_org_id and g.id = page.id
  left join public.profiles p on p.org_id = v_org_id and p.user_id = g.actor_user_id
  order by case when v_span.from_end then -page.place else page.place end;
end
$$;

comment on function app.list_audit_log(integer, integer, date, date, text, text, uuid, uuid) is
  'A page of the audit log, the newest first. NULL filters nothing; p_from and p_to are days of the clinic. Owner and admin only (VX403). VX400 for days in the wrong order.';

select app.seal('app.list_audit_log(integer, integer, date, date, text, text, uuid, uuid)', 'app_writer', 'tenant_user');
