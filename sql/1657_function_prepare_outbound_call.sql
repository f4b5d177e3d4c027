-- Between the wish and this moment the patient may have opted out, the visit been cancelled, the night begun. What is
-- written here before the request leaves is what tells, after a crash, that the call may exist.
create or replace function app.prepare_outbound_call(p_id uuid, p_lease_id uuid)
returns setof app.outbound_dial
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.outbound_calls;
  v_line app.outbound_line;
  v_now timestamptz;
  v_due timestamptz;
  v_reason text;
  v_facts app.clinic_facts;
  v_dial app.outbound_dial;
begin
  select * into v_call
  from public.outbound_calls c
  where c.org_id = v_org_id and c.id = p_id and c.state = 'placing' and c.lease_id = p_lease_id and c.handed_over_at is null
  for no key update;
  v_now := app.now();
  if v_call.id is null or v_call.look_at <= v_now then
    v_dial.outcome := 'lost';
    return next v_dial;
    return;
  end if;

  v_reason := app.objection_to_call(v_call.kind, v_call.contact_id, v_call.to_number, v_call.appointment_id, v_call.campaign_step_id, v_now);
  if v_reason is null and v_call.until_at <= v_now then
    v_reason := 'expired';
  end if;
  v_due := case when v_call.kind = 'test' then v_now else app.next_sending_time(v_call.contact_id, v_call.number_zones, v_now) end;
  v_line := app.outbound_line(v_call.agent_id);
  if v_reason is not null then
    perform app.close_outbound_call(p_id, 'given_up', v_reason);
    v_dial.outcome := 'over';
  elsif v_due > v_now then
    perform app.put_off_call(p_id, v_due, 'quiet_hours', 0);
    v_dial.outcome := 'put_off';
  elsif v_line.agent_id is null or v_line.phone_number_id is null then
    -- An agent that is being brought in step, a number that is being set up: it may come back before the call expires.
    perform app.put_off_call(p_id, v_now + interval '5 minutes', case when v_line.agent_id is null then 'no_assistant' else 'no_number' end, 0);
    v_dial.outcome := 'put_off';
  end if;
  if v_dial.outcome is not null then
    return next v_dial;
    return;
  end if;

  update public.outbound_calls c
  set handed_over_at = v_now, look_at = v_now + interval '2 minutes', phone_number_id = v_line.phone_number_id,
    vapi_assistant_id = v_line.vapi_assistant_id, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_id;
  v_facts := app.clinic_facts(v_line.location_id);
  select 'dial', v_call.kind, v_line.vapi_assistant_id, v_line.vapi_phone_number_id, v_call.to_number,
    case when v_call.kind <> 'test' then v_now end, app.latest_dialling(v_call, v_now), v_facts.clinic_name, v_line.number, v_facts.address, v_facts.time_zone, v_now,
    (select array_to_string(app.local_words(a.scheduled_at, w.time_zone, app.contact_language(v_call.contact_id)), ' ')
      from public.appointments a
      join public.locations w on w.org_id = a.org_id and w.id = a.location_id
      where a.org_id = v_org_id and a.id = v_call.appointment_id and v_call.kind = 'reminder'),
    case when v_call.kind = 'campaign' then app.words_of_call(v_call.campaign_step_id, v_call.contact_id) end,
    (select nullif(split_part(btrim(k.name), ' ', 1), '')
      from public.contacts k
      where k.org_id = v_org_id and k.id = v_call.contact_id),
    v_facts.emergency_sentence, v_facts.hours, v_facts.services, v_facts.practitioners, v_facts.policies
  into v_dial;
  return next v_dial;
end
$$;

comment on function app.prepare_outbound_call(uuid, uuid) is
  'The last word before a call that was taken is dialled: judges it anew and says how to make it, see app.outbound_dial. From outcome dial on the call counts as handed over to Vapi. Quiet hours, and a clinic that has no assistant or number just now, put it off; everything else ends it.';

select app.seal('app.prepare_outbound_call(uuid, uuid)', 'app_writer', 'tenant_service');
