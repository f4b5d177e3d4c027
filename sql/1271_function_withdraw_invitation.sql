create or replace function app.withdraw_invitation(p_invitation_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  delete from public.invitations i where i.org_id = v_org_id and i.id = p_invitation_id and i.accepted_at is null;
  if not found then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'invitation_withdrawn', 'invitation', p_invitation_id, app.current_user_id());
  return true;
end
$$;

comment on function app.withdraw_invitation(uuid) is
  'Takes an open invitation back: its token opens nothing any more. False when there is none, or it was accepted. Owner and admin only (VX403).';

select app.seal('app.withdraw_invitation(uuid)', 'app_writer', 'tenant_user');
