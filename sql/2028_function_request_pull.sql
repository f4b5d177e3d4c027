create or replace function app.request_pull(p_calendar_link_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_link public.calendar_links;
begin
  select * into v_link
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id
  for no key update;
  v_now := app.now();
  if v_link.id is null or v_link.health = 'needs_reconnect' then
    return false;
  end if;
  update public.calendar_links l
  set pull_wanted_at = v_now, next_pull_at = case when l.health = 'ok' then least(l.next_pull_at, v_now) else l.next_pull_at end
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  -- A pull that runs looks again when it ends; one that was just asked for is on its way. A failing calendar keeps its pause.
  if v_link.lease_until > v_now or v_link.pull_wanted_at > v_now - interval '1 minute'
    or (v_link.health = 'failing' and v_link.next_pull_at > v_now) then
    return false;
  end if;
  perform app.enqueue_job('pull_calendar', jsonb_build_object('calendar_link_id', p_calendar_link_id));
  return true;
end
$$;

comment on function app.request_pull(uuid) is
  'Asks for a calendar to be read now: a push came, or it was linked. Pushes come in crowds: returns whether a job was put in the queue, false when one is on its way or at it, and will see the change.';

select app.seal('app.request_pull(uuid)', 'app_writer', 'tenant_service');
