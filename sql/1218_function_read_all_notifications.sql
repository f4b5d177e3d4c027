create or replace function app.read_all_notifications()
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_changed bigint;
  v_newest uuid;
begin
  perform app.require_staff();
  with changed as (
    update public.notifications n set read_at = app.now() where n.org_id = v_org_id and n.read_at is null returning n.id
  )
  select count(*), (array_agg(c.id order by c.id desc))[1] into v_changed, v_newest from changed c;
  if v_changed > 0 then
    perform app.announce('notification', 'notification', v_newest); -- one of them: pages ask for the whole list
  end if;
  return v_changed;
end
$$;

comment on function app.read_all_notifications() is
  'Marks every notification as read, for all of the staff; returns how many were not. VX403 for viewers.';

select app.seal('app.read_all_notifications()', 'app_writer', 'tenant_user');
