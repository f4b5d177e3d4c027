create or replace function app.delete_notification(p_notification_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  delete from public.notifications n where n.org_id = v_org_id and n.id = p_notification_id;
  if not found then
    raise exception 'there is no such notification' using errcode = 'VX404';
  end if;
  perform app.announce('notification', 'notification', p_notification_id);
end
$$;

comment on function app.delete_notification(uuid) is
  'Removes a notification, for all of the staff; what it pointed at stays. VX403 for viewers, VX404 for an unknown one.';

select app.seal('app.delete_notification(uuid)', 'app_writer', 'tenant_user');
