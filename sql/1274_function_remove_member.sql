create or replace function app.remove_member(p_user_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.may_change_member(p_user_id, null);
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'member_removed', 'user', p_user_id, app.current_user_id());
  delete from public.profiles p where p.org_id = v_org_id and p.user_id = p_user_id;
end
$$;

comment on function app.remove_member(uuid) is
  'Ends a membership; the person''s token is refused from the next request on. Owner and admin only; an owner is removed by owners (VX403). VX404: no such member; VX409: the last owner.';

select app.seal('app.remove_member(uuid)', 'app_writer', 'tenant_user');
