-- Writing is a network call: a lease guards it, two minutes long. The row is locked before the visit is read, and every
-- change of a visit raises desired_version in its own transaction: what is read here is that version or a later one.
create or replace function app.take_calendar_event(p_appointment_id uuid, p_lease_id uuid)
returns setof app.calendar_event_work
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_event public.calendar_events;
  v_link public.calendar_links;
  v_visit public.appointments;
  v_words app.event_words;
  v_outcome text;
  v_waits app.calendar_event_work;
begin
  for v_event in
    select e.*
    from public.calendar_events e
    where e.org_id = v_org_id and e.appointment_id = p_appointment_id and e.synced_version < e.desired_version
    order by e.id
    for no key update
  loop
    select * into v_link from public.calendar_links l where l.org_id = v_org_id and l.id = v_event.calendar_link_id;
    select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id;
    v_now := app.now();
    -- state none with attempts: a worker began to make it and did not tell what came of it.
    v_outcome := case
      when v_event.lease_until > v_now and v_event.lease_id <> p_lease_id then 'busy'
      when v_link.health = 'needs_reconnect' then 'needs_reconnect'
      when v_event.retry_at > v_now then 'busy'
      when v_visit.status in ('pending', 'confirmed', 'completed', 'no_show')
        and v_visit.resource_id = v_link.resource_id and v_link.writes then
        case
          when upper(v_visit.during) > v_now then 'put'
          when v_event.state = 'there' or (v_event.state = 'none' and v_event.attempts > 0) then 'rewrite'
          else 'in_step'
        end
      when v_event.state = 'there' or (v_event.state = 'none' and v_event.attempts > 0) then 'remove'
      else 'in_step'
    end;
    if v_outcome = 'in_step' then
      update public.calendar_events e
      set synced_version = e.desired_version, failing_since = null, error_code = null, attempts = 0, retry_at = null, updated_at = v_now
      where e.org_id = v_org_id and e.id = v_event.id;
    elsif v_outcome in ('busy', 'needs_reconnect') then
      v_waits.outcome := coalesce(v_waits.outcome, v_outcome);
      v_waits.not_before := least(v_waits.not_before, greatest(v_event.lease_until, v_event.retry_at));
    else
      update public.calendar_events e
      set lease_id = p_lease_id, lease_until = v_now + interval '2 minutes', attempts = e.attempts + 1, turn_at = null, turn = null,
        generation = e.generation + case when v_outcome = 'put' and e.state = 'gone' then 1 else 0 end,
        state = case when v_outcome = 'put' and e.state = 'gone' then 'none' else e.state end,
        external_id = case when v_outcome = 'put' and e.state = 'gone' then null else e.external_id end,
        etag = case when v_outcome = 'put' and e.state = 'gone' then null else e.etag end,
        updated_at = v_now
      where e.org_id = v_org_id and e.id = v_event.id
      returning * into v_event;
      v_words := app.words_of_visit(p_appointment_id);
      return next (
        v_outcome, v_event.id, v_event.desired_version, v_link.provider, v_link.external_calendar_id, v_link.time_zone,
        v_event.external_id, v_event.generation, v_event.etag, lower(v_visit.during), upper(v_visit.during),
        v_words.subject, v_words.details, v_words.place, null, v_event.wished_at)::app.calendar_event_work;
      return;
    end if;
  end loop;
  v_waits.outcome := coalesce(v_waits.outcome, 'in_step');
  return next v_waits;
end
$$;

comment on function app.take_calendar_event(uuid, uuid) is
  'Takes the lease (p_lease_id, made up by the worker) of one event of the visit that is out of step and says what it must be now; see app.calendar_event_work. Take, write, app.settle_calendar_event, and again until in_step: a visit that changed its calendar has two.';

select app.seal('app.take_calendar_event(uuid, uuid)', 'app_writer', 'tenant_service');
