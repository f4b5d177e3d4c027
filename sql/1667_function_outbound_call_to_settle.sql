create or replace function app.outbound_call_to_settle(p_id uuid, p_lease_id uuid)
returns setof app.outbound_question
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_call public.outbound_calls;
  v_question app.outbound_question;
begin
  select * into v_call from public.outbound_calls c where c.org_id = v_org_id and c.id = p_id for no key update;
  v_now := app.now();
  v_question.outcome := 'done';
  if v_call.look_at > v_now or v_call.look_at is null then
    return next v_question; -- somebody was faster
    return;
  end if;

  if v_call.state = 'waiting' then
    perform app.close_outbound_call(p_id, 'given_up', 'expired');
  elsif v_call.state = 'placing' and v_call.handed_over_at is null then
    perform app.put_off_call(p_id, greatest(v_call.due_at, v_now), v_call.reason, 0); -- its dialer died before it asked
  elsif v_call.state = 'placing' then
    update public.outbound_calls c
    set lease_id = p_lease_id, look_at = v_now + interval '1 minute', updated_at = v_now
    where c.org_id = v_org_id and c.id = p_id;
    -- Vapi's clock is another one.
    v_question := row('ask', v_call.vapi_assistant_id, v_call.handed_over_at - interval '1 minute');
  elsif v_call.ends_by <= v_now then
    perform app.close_outbound_call(p_id, 'ended', 'end_unknown');
    perform app.enqueue_job('dial_calls', '{}');
  else
    perform app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', v_call.call_id));
    update public.outbound_calls c
    set look_at = least(v_now + interval '15 minutes', c.ends_by), updated_at = v_now
    where c.org_id = v_org_id and c.id = p_id;
  end if;
  return next v_question;
end
$$;

comment on function app.outbound_call_to_settle(uuid, uuid) is
  'Looks after a call that app.outbound_calls_to_settle named. One that waited too long is given up as expired; one that was taken and not handed over waits again; of one that should have ended the report is fetched by a job, and two hours later its slot is free whatever happened (end_unknown). One that was handed over without an answer is p_lease_id''s for a minute, to ask Vapi about (outcome ask) and then to call app.settle_outbound_call.';

select app.seal('app.outbound_call_to_settle(uuid, uuid)', 'app_writer', 'tenant_service');
