create or replace function app.require_admin()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if app.current_member_role() is distinct from 'owner' and app.current_member_role() is distinct from 'admin' then
    raise exception 'this needs an owner or admin' using errcode = 'VX403';
  end if;
end
$$;

comment on function app.require_admin() is
  'Raises VX403 unless an owner or admin is acting: rules, keys and erasure are not everyday work.';

select app.seal('app.require_admin()', null, 'app_writer');
