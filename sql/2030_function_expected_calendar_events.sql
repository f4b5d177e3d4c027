create or replace function app.expected_calendar_events(p_calendar_link_id uuid)
returns setof app.expected_event
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select e.appointment_id, e.external_id, e.generation
  from public.calendar_events e
  join public.appointments a on a.org_id = e.org_id and a.id = e.appointment_id
  where e.org_id = app.require_org_id() and e.calendar_link_id = p_calendar_link_id and e.state = 'there'
    and e.synced_version = e.desired_version and a.status in ('pending', 'confirmed')
    and a.scheduled_at > app.now()
  order by e.appointment_id;
end
$$;

comment on function app.expected_calendar_events(uuid) is
  'The events of visits ahead that a calendar should hold, also those that were moved there: one that a reading of the whole window lacks was deleted, or moved out of it; ask the provider which before telling app.apply_calendar_changes.';

select app.seal('app.expected_calendar_events(uuid)', 'app_writer', 'tenant_service');
