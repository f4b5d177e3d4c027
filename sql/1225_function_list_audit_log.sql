-- Planned anew each time, so that a filter that is not asked for costs nothing and the newest page comes from its index.
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
set plan_cache_mode = force_custom_plan
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
  v_from timestamptz := v_period[1];
  v_until timestamptz := v_period[2];
  v_total bigint;
begin
  perform app.require_admin();
  select count(*) into v_total
  from (
    select
    from public.audit_log g
    where g.org_id = v_org_id and (v_from is null or g.at >= v_from) and (v_until is null or g.at < v_until)
      and (p_action is null or g.action = p_action) and (p_entity is null or g.entity = p_entity)
      and (p_entity_id is null or g.entity_id = p_entity_id)
      and (p_actor_user_id is null or g.actor_user_id = p_actor_user_id)
    limit 50001) counted;
  return query
  select page.id, page.action, page.entity, page.entity_id, page.actor_user_id, p.name, p.email, page.request_id, page.at,
    least(v_total, 50000), v_total > 50000
  from (
    select g.*
    from public.audit_log g
    where g.org_id = v_org_id and (v_from is null or g.at >= v_from) and (v_until is null or g.at < v_until)
      and (p_action is null or g.action = p_action) and (p_entity is null or g.entity = p_entity)
      and (p_entity_id is null or g.entity_id = p_entity_id)
      and (p_actor_user_id is null or g.actor_user_id = p_actor_user_id)
    order by g.at desc, g.id desc
    limit p_limit offset (p_page - 1)::bigint * p_limit
  ) page
  left join public.profiles p on p.org_id = v_org_id and p.user_id = page.actor_user_id
  order by page.at desc, page.id desc;
end
$$;

comment on function app.list_audit_log(integer, integer, date, date, text, text, uuid, uuid) is
  'A page of the audit log, the newest first. NULL filters nothing; p_from and p_to are days of the clinic. Owner and admin only (VX403). VX400 for days in the wrong order.';

select app.seal('app.list_audit_log(integer, integer, date, date, text, text, uuid, uuid)', 'app_writer', 'tenant_user');
