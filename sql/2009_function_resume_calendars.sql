create or replace function app.resume_calendars(p_provider text)
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
    set health = 'ok', failing_since = null, error_code = null, failures = 0, channel_retry_at = null, updated_at = app.now()
    where l.org_id = v_org_id and l.provider = app.calendar_provider(p_provider)
    returning l.id
  loop
    perform app.request_pull(v_id);
    perform app.enqueue_job('watch_calendar', jsonb_build_object('calendar_link_id', v_id));
    perform app.announce('calendar_updated', 'calendar_link', v_id);
  end loop;
  for v_id in
    select distinct e.appointment_id
    from public.calendar_events e
    join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id
    where e.org_id = v_org_id and l.provider = app.calendar_provider(p_provider) and e.synced_version < e.desired_version
  loop
    perform app.enqueue_job('sync_calendar_event', jsonb_build_object('appointment_id', v_id));
  end loop;
end
$$;

comment on function app.resume_calendars(text) is
  'After an account was connected again: its calendars are read, their channels opened and what waited to be written is.';

select app.seal('app.resume_calendars(text)', null, 'app_writer');
