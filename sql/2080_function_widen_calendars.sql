create or replace function app.widen_calendars()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  for v_id in
    update public.calendar_links l
    set last_synced_at = null, updated_at = app.now()
    from public.organizations o
    where o.id = v_org_id and l.org_id = o.id and l.window_to < app.now() + o.max_advance
    returning l.id
  loop
    perform app.request_pull(v_id);
    perform app.announce('calendar_updated', 'calendar_link', v_id);
  end loop;
end
$$;

comment on function app.widen_calendars() is
  'After the booking horizon grew: calendars whose mirror ends before it count as not read, so that bookings are pending until they are, and are read at once.';

select app.seal('app.widen_calendars()', null, 'app_writer');
