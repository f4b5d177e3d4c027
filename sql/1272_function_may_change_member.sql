-- Owners are locked in one order before anything is decided: two owners who remove each other must not both succeed.
create or replace function app.may_change_member(p_user_id uuid, p_new_role text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_role text;
  v_my_role text;
begin
  perform from public.profiles p where p.org_id = v_org_id and p.role = 'owner' order by p.id for update;
  -- Read again under the lock: whoever acts may have lost the role while waiting.
  perform app.require_admin();
  v_my_role := app.current_member_role();
  select p.role into v_role from public.profiles p where p.org_id = v_org_id and p.user_id = p_user_id for update;
  if v_role is null then
    raise exception 'there is no such member' using errcode = 'VX404';
  elsif v_my_role <> 'owner' and (v_role = 'owner' or p_new_role = 'owner') then
    raise exception 'only owners decide who is an owner' using errcode = 'VX403';
  elsif v_role = 'owner' and p_new_role is distinct from 'owner' and not exists (
    select from public.profiles p where p.org_id = v_org_id and p.role = 'owner' and p.user_id <> p_user_id)
  then
    raise exception 'the last owner stays: make somebody else an owner first' using errcode = 'VX409';
  end if;
end
$$;

comment on function app.may_change_member(uuid, text) is
  'Locks the owners and raises unless the acting member may give a member this role (NULL: remove them): VX403 for others than owners and admins, or when an admin touches an owner; VX404: no such member; VX409: the last owner.';

select app.seal('app.may_change_member(uuid, text)', null, 'app_writer');
