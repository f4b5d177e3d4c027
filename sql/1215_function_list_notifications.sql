-- Planned anew each time, so that the newest page and the unread ones come from their indexes.
create or replace function app.list_notifications(
  p_page integer,
  p_limit integer,
  p_unread boolean default null,
  p_kind text default null
)
returns setof app.notification_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_total bigint;
begin
  select count(*) into v_total
  from (
    select
    from public.notifications n
    where n.org_id = v_org_id and (p_unread is null or (n.read_at is null) = p_unread) and (p_kind is null or n.kind = p_kind)
    limit 50001) counted;
  return query
  select n.id, n.kind, n.title, n.body, n.entity, n.entity_id, n.read_at, n.created_at, least(v_total, 50000), v_total > 50000
  from public.notifications n
  where n.org_id = v_org_id and (p_unread is null or (n.read_at is null) = p_unread) and (p_kind is null or n.kind = p_kind)
  order by n.created_at desc, n.id desc
  limit p_limit offset (p_page - 1)::bigint * p_limit;
end
$$;

comment on function app.list_notifications(integer, integer, boolean, text) is
  'A page of the staff''s notifications, the newest first. p_unread: true for those nobody read, false for the others; NULL filters nothing. Every member may look.';

select app.seal('app.list_notifications(integer, integer, boolean, text)', 'app_writer', 'tenant_user');
