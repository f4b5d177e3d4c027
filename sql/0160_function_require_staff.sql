create or replace function app.require_staff()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if app.current_member_role() is distinct from 'owner'
    and app.current_member_role() is distinct from 'admin'
    and app.current_member_role() is distinct from 'staff'
  then
    raise exception 'this needs a member of the staff' using errcode = 'VX403';
  end if;
end
$$;

comment on function app.require_staff() is
  'Raises VX403 unless an owner, admin or staff member is acting. Viewers only read; webhooks are no staff.';

select app.seal('app.require_staff()', null, 'app_writer');
