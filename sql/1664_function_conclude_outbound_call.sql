create or replace function app.conclude_outbound_call(p_call_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_call public.outbound_calls;
  v_ending text;
  v_due timestamptz;
begin
  perform app.hide_blocked_call(p_call_id);
  select * into v_call
  from public.outbound_calls c
  where c.org_id = v_org_id and c.call_id = p_call_id and c.state = 'under_way'
  for no key update;
  if not found then
    return;
  end if;
  v_now := app.now();
  select app.ending_of_call(l.ended_reason, l.started_at is not null or l.duration_seconds > 0) into v_ending
  from public.call_logs l
  where l.org_id = v_org_id and l.id = p_call_id;
  if v_ending = 'line_busy' then
    -- It was taken as a call, and is none.
    update public.outbound_calls c
    set attempt = greatest(c.attempt - 1, 0), call_id = null, placed_at = null
    where c.org_id = v_org_id and c.id = v_call.id;
    perform app.put_off_call(v_call.id, v_now + interval '15 seconds', v_ending, 0);
    perform app.announce('outbound_call_updated', 'outbound_call', v_call.id);
    return;
  end if;
  v_due := app.next_sending_time(v_call.contact_id, v_call.number_zones, v_now + interval '30 minutes');
  if v_call.kind in ('reminder', 'campaign') and v_ending in ('busy', 'no_answer', 'voicemail') and v_call.attempt < 3
    and v_due < v_call.until_at
  then
    perform app.put_off_call(v_call.id, v_due, v_ending, 0);
    perform app.announce('outbound_call_updated', 'outbound_call', v_call.id);
    return;
  end if;
  perform app.close_outbound_call(v_call.id, 'ended', v_ending, v_ending = 'completed');
  perform app.enqueue_job('dial_calls', '{}');
end
$$;

comment on function app.conclude_outbound_call(uuid) is
  'A call has ended: gives its slot back, if it was one that we made and nobody did so before. Reminders and campaigns that reached nobody (busy, no answer, voicemail) are called again after half an hour, three times in all; call backs and tests once. One for which Vapi had no slot when its time came waits again as if it had not been made. The caller holds the call''s lock and has written its end.';

select app.seal('app.conclude_outbound_call(uuid)', null, 'app_writer');
