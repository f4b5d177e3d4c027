create or replace function app.change_calendar(p_calendar_link_id uuid, p_name text, p_writes boolean)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_link public.calendar_links;
begin
  perform app.require_admin();
  select * into v_link
  from public.calendar_links l
  where l.org_id = app.require_org_id() and l.id = p_calendar_link_id;
  if v_link.id is null then
    raise exception 'there is no such calendar' using errcode = 'VX404';
  end if;
  if coalesce(p_writes, v_link.writes) <> v_link.writes then
    perform app.link_calendar(
      v_link.provider, v_link.resource_id, v_link.external_calendar_id, coalesce(p_name, v_link.calendar_name), v_link.time_zone, p_writes);
    return;
  end if;
  -- A name is no reason to write every visit anew, over what staff did in the calendar and nobody settled yet.
  update public.calendar_links l
  set calendar_name = coalesce(left(p_name, 200), l.calendar_name), updated_at = app.now()
  where l.org_id = v_link.org_id and l.id = v_link.id;
  perform app.announce('calendar_updated', 'calendar_link', v_link.id);
end
$$;

comment on function app.change_calendar(uuid, text, boolean) is
  'Changes what a linked calendar is called and whether it takes the resource''s visits; NULL: as it is. Only a change of that writes visits: the rest is app.link_calendar then. Owner and admin only (VX403); VX404: no such link; VX409: visits are to be written there or no longer, and its account is not connected any more.';

select app.seal('app.change_calendar(uuid, text, boolean)', 'app_writer', 'tenant_user');
