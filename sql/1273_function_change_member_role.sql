create or replace function app.change_member_role(p_user_id uuid, p_role text)
returns setof public.profiles
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if coalesce(p_role, '') not in ('owner', 'admin', 'staff', 'viewer') then
    raise exception 'a role is owner, admin, staff or viewer' using errcode = 'VX400';
  end if;
  perform app.may_change_member(p_user_id, p_role);
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'role_changed', 'user', p_user_id, app.current_user_id());
  return query
  update public.profiles p set role = p_role, updated_at = app.now()
  where p.org_id = v_org_id and p.user_id = p_user_id
  returning p.*;
end
$$;

comment on function app.change_member_role(uuid, text) is
  'Gives a member another role, which holds from their next request on, and returns the profile. Owner and admin only; owners are made and unmade by owners (VX403). VX400: no such role; VX404: no such member; VX409: the last owner.';

select app.seal('app.change_member_role(uuid, text)', 'app_writer', 'tenant_user');
