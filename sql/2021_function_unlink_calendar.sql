create or replace function app.unlink_calendar(p_calendar_link_id uuid)
returns setof app.calendar_channel
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_link public.calendar_links;
begin
  perform app.require_admin();
  perform app.lock_resources(array(
    select l.resource_id from public.calendar_links l where l.org_id = v_org_id and l.id = p_calendar_link_id));
  delete from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id
  returning * into v_link;
  if v_link.id is null then
    raise exception 'there is no such calendar' using errcode = 'VX404';
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'calendar_unlinked', 'calendar_link', v_link.id, app.current_user_id());
  perform app.announce('calendar_updated', 'calendar_link', v_link.id);
  return next (
    'gone', v_link.provider, v_link.external_calendar_id, v_link.channel_id, v_link.channel_resource_id,
    v_link.channel_expires_at)::app.calendar_channel;
end
$$;

comment on function app.unlink_calendar(uuid) is
  'Ends the link of a calendar: its busy times go, visits are no longer written there; events that are there stay. Returns its push channel, to be closed at the provider (channel_id NULL: none). Owner and admin only (VX403); VX404: no such link.';

select app.seal('app.unlink_calendar(uuid)', 'app_writer', 'tenant_user');
