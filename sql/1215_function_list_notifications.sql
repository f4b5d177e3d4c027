-- Put together as in app.list_appointments: each filter gets the index that serves it.
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
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_where text := 'n.org_id = $1'
    || case when p_kind is not null then ' and n.kind = $2' else '' end
    || case when p_unread then ' and n.read_at is null' when not p_unread then ' and n.read_at is not null' else '' end;
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  execute format('select count(*) from (select from public.notifications n where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, p_kind;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select n.id from public.notifications n where %s order by %s limit $3 offset $4)', v_where,
    case when v_span.from_end then 'n.created_at, n.id' else 'n.created_at desc, n.id desc' end)
  into v_ids
  using v_org_id, p_kind, v_span.take, v_span.skip;
  return query
  select n.id, n.kind, n.title, n.body, n.entity, n.entity_id, n.read_at, n.created_at, least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page (id, place)
  join public.notifications n on n.org_id = v_org_id and n.id = page.id
  order by case when v_span.from_end then -page.place else page.place end;
end
$$;

comment on function app.list_notifications(integer, integer, boolean, text) is
  'A page of the staff''s notifications, the newest first. p_unread: true for those nobody read, false for the others; NULL filters nothing. Every member may look.';

select app.seal('app.list_notifications(integer, integer, boolean, text)', 'app_writer', 'tenant_user');
