create or replace function app.read_notification(p_notification_id uuid)
returns setof app.notification_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  return query
  update public.notifications n
  set read_at = coalesce(n.read_at, app.now())
  where n.org_id = v_org_id and n.id = p_notification_id
  returning n.id, n.kind, n.title, n.body, n.entity, n.entity_id, n.read_at, n.created_at, 1::bigint, false;
  if not found then
    raise exception 'there is no such notification' using errcode = 'VX404';
  end if;
  perform app.announce('notification', 'notification', p_notification_id);
end
$$;

comment on function app.read_notification(uuid) is
  'Marks a notification as read, for all of the staff; a second time changes nothing. VX403 for viewers, VX404 for an unknown one.';

select app.seal('app.read_notification(uuid)', 'app_writer', 'tenant_user');
