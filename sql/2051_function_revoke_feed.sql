create or replace function app.revoke_feed(p_id uuid)
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
  update public.calendar_feeds f
  set revoked_at = app.now()
  where f.org_id = v_org_id and f.id = p_id and f.revoked_at is null;
  if not found then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'feed_revoked', 'calendar_feed', p_id, app.current_user_id());
  return true;
end
$$;

comment on function app.revoke_feed(uuid) is
  'Closes a feed''s address for good. Returns whether there was an open one. Owner and admin only (VX403).';

select app.seal('app.revoke_feed(uuid)', 'app_writer', 'tenant_user');
