create or replace function app.system_status()
returns setof app.area_status
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  return next app.status_of_assistants(v_org_id, v_now);
  return next app.status_of_numbers(v_org_id, v_now);
  return next app.status_of_calendars(v_org_id, v_now);
  return query select * from app.status_of_messages(v_org_id, v_now);
  return next app.status_of_outbound_calls(v_org_id, v_now);
  return next app.status_of_recordings(v_org_id, v_now);
  return next app.status_of_knowledge(v_org_id, v_now);
  return next app.status_of_retention(v_org_id, v_now);
end
$$;

comment on function app.system_status() is
  'How the work goes that is done for the clinic by itself: one row for each area, always the same ones in the same order, see app.area_status. Read from the clinic''s own rows, not from the job queue, which belongs to all clinics; nobody outside is asked. Every member may ask.';

select app.seal('app.system_status()', 'app_writer', 'tenant_user');
