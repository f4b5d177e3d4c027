create or replace function app.add_feed(p_resource_id uuid, p_token_hash bytea)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  perform app.require_admin();
  if not exists (select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id) then
    raise exception 'there is no such resource' using errcode = 'VX404';
  end if;
  insert into public.calendar_feeds (org_id, resource_id, token_hash, created_by)
  values (v_org_id, p_resource_id, p_token_hash, app.current_user_id())
  returning id into v_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'feed_added', 'calendar_feed', v_id, app.current_user_id());
  return v_id;
end
$$;

comment on function app.add_feed(uuid, bytea) is
  'Opens a secret address at which a resource''s visits can be subscribed to; p_token_hash is the SHA-256 of its secret. Owner and admin only (VX403); VX404: no such resource.';

select app.seal('app.add_feed(uuid, bytea)', 'app_writer', 'tenant_user');
