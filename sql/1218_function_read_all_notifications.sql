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
begin
  perform app.require_staff();
  update public.notifications n set read_at = app.now() where n.org_id = v_org_id and n.read_at is null;
  get diagnostics v_changed = row_count;
  return v_changed;
end
$$;

comment on function app.read_all_notifications() is
  'Marks every notification as read, for all of the staff; returns how many were not. VX403 for viewers.';

select app.seal('app.read_all_notifications()', 'app_writer', 'tenant_user');
