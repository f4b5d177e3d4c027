create or replace function app.remove_credential(
  p_provider text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  if coalesce(app.current_member_role(), '') not in ('owner', 'admin') then
    raise exception 'Only owners and admins may disconnect accounts.' using errcode = 'VX403';
  end if;
  delete from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  returning c.id into v_id;
  if v_id is null then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_removed', 'org_credential', v_id, app.current_user_id());
  return true;
end
$$;

comment on function app.remove_credential(text) is
  'Forgets the running organisation''s account at a provider and audits that; false when there was none. Only owners and admins (VX403). The number stays the clinic''s.';

select app.seal('app.remove_credential(text)', 'app_writer', 'tenant_user');
