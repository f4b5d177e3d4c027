create or replace function app.refresh_calendar(p_calendar_link_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_health text;
begin
  perform app.require_staff();
  select l.health into v_health
  from public.calendar_links l
  where l.org_id = app.require_org_id() and l.id = p_calendar_link_id;
  if v_health is null then
    raise exception 'there is no such calendar' using errcode = 'VX404';
  elsif v_health = 'needs_reconnect' then
    raise exception 'connect the account again first' using errcode = 'VX409';
  end if;
  return app.request_pull(p_calendar_link_id);
end
$$;

comment on function app.refresh_calendar(uuid) is
  'A member asks for a calendar to be read now. True: a job is in the queue; false: app.request_pull has one on its way, or the calendar rests after a failure, so that pressing the button often asks the provider once. Staff only (VX403); VX404: no such link; VX409: the account has to be connected again.';

select app.seal('app.refresh_calendar(uuid)', 'app_writer', 'tenant_user');
