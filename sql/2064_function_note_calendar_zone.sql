create or replace function app.note_calendar_zone(p_calendar_link_id uuid, p_lease_id uuid, p_zone text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not app.is_time_zone(p_zone) then
    return false;
  end if;
  update public.calendar_links l
  set time_zone = p_zone, sync_token = null, updated_at = app.now()
  where l.org_id = app.require_org_id() and l.id = p_calendar_link_id and l.lease_id = p_lease_id and l.time_zone <> p_zone;
  return found;
end
$$;

comment on function app.note_calendar_zone(uuid, uuid, text) is
  'The calendar that a worker reads (p_lease_id) has another time zone than was known: its all-day events last from other midnights. The whole window is to be read again. False: the zone is none, or known already, or the lease was lost.';

select app.seal('app.note_calendar_zone(uuid, uuid, text)', 'app_writer', 'tenant_service');
