-- The number is locked first: two wishes at once for one contact, or one wish twice, are judged one after the other.
create or replace function app.queue_outbound_call(
  p_kind text,
  p_contact_id uuid,
  p_to text,
  p_agent_id uuid,
  p_not_before timestamptz,
  p_send_key text,
  p_number_zones text[] default '{}',
  p_until timestamptz default null,
  p_appointment_id uuid default null,
  p_campaign_step_id uuid default null
)
returns app.outbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_line app.outbound_line;
  v_answer app.outbound_answer;
begin
  perform app.lock_number(coalesce(p_to, p_contact_id::text));
  v_now := app.now();
  v_answer := app.replayed_call(p_send_key);
  if v_answer.outcome is not null then
    return v_answer;
  end if;
  insert into public.outbound_shares (org_id) values (v_org_id) on conflict (org_id) do nothing;

  v_answer.outcome := 'refused';
  v_answer.refusal := app.objection_to_call(p_kind, p_contact_id, p_to, p_appointment_id, p_campaign_step_id, v_now);
  if v_answer.refusal is not null then
    return v_answer;
  end if;
  v_line := app.outbound_line(p_agent_id);
  select c.id, c.state into v_answer.outbound_call_id, v_answer.state
  from public.outbound_calls c
  where c.org_id = v_org_id and c.state in ('waiting', 'placing', 'under_way') and c.kind = p_kind
    and case when p_kind = 'test' then c.to_number = p_to else c.contact_id = p_contact_id end;
  v_answer.due_at := greatest(v_now, p_not_before);
  if p_kind <> 'test' then
    v_answer.due_at := app.next_sending_time(p_contact_id, p_number_zones, v_answer.due_at);
  end if;
  v_answer.until_at := coalesce(p_until, v_answer.due_at + case p_kind when 'test' then interval '15 minutes' else '24 hours' end);
  v_answer.refusal := case
    when v_answer.outbound_call_id is not null then 'already_open'
    when v_line.agent_id is null then 'no_assistant'
    when v_line.phone_number_id is null then 'no_number'
    when v_answer.due_at >= v_answer.until_at then 'too_late'
    when app.call_cap_reached(v_now) then 'daily_cap'
  end;
  if v_answer.refusal is not null then
    v_answer.due_at := null;
    v_answer.until_at := null;
    return v_answer;
  end if;

  insert into public.outbound_calls (org_id, kind, contact_id, appointment_id, campaign_step_id, to_number, number_zones, agent_id,
    requested_by, send_key, due_at, until_at, look_at)
  values (v_org_id, p_kind, p_contact_id, p_appointment_id, p_campaign_step_id, p_to, coalesce(p_number_zones, '{}'), p_agent_id,
    app.current_user_id(), p_send_key, v_answer.due_at, v_answer.until_at, v_answer.until_at)
  on conflict (org_id, send_key) where send_key is not null do nothing
  returning id, state into v_answer.outbound_call_id, v_answer.state;
  if not found then
    return app.replayed_call(p_send_key); -- one key for two numbers at once: the first wish is the wish
  end if;
  v_answer.outcome := 'queued';
  if v_answer.due_at <= v_now then
    perform app.enqueue_job('dial_calls', '{}');
  end if;
  perform app.announce('outbound_call_updated', 'outbound_call', v_answer.outbound_call_id);
  return v_answer;
end
$$;

comment on function app.queue_outbound_call(text, uuid, text, uuid, timestamptz, text, text[], timestamptz, uuid, uuid) is
  'Queues a call of any kind, or says why not: see app.outbound_answer. p_to is E.164, for every kind but test the contact''s own number. Not before p_not_before (NULL: now) and not in the quiet hours where the recipient is (p_number_zones as in app.next_sending_time), which a test call does not heed; not after p_until (NULL: 15 minutes after it is due for a test, else a day). p_agent_id NULL: see app.outbound_line.';

select app.seal('app.queue_outbound_call(text, uuid, text, uuid, timestamptz, text, text[], timestamptz, uuid, uuid)', null, 'app_writer');
