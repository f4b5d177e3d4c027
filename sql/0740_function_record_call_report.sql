create or replace function app.record_call_report(
  p_call_id uuid,
  p_started_at timestamptz,
  p_ended_at timestamptz,
  p_duration_seconds integer,
  p_ended_reason text,
  p_summary text,
  p_turns jsonb,
  p_cost_micros bigint,
  p_has_recording boolean,
  p_tools_used text[],
  p_said_names text[] default '{}',
  p_recording_url text default null,
  p_analysis jsonb default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_names text[];
  v_said text[];
  v_summary text;
  v_turns jsonb;
  v_state text;
  v_spam boolean;
  v_spoke boolean;
  v_forgotten boolean;
  v_written boolean;
  v_reported_at timestamptz;
  v_kept_state text;
  v_outcome text;
  v_seconds integer;
  v_is_lead boolean;
  v_contact_id uuid;
begin
  perform app.lock_call(p_call_id);
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  if v_call.id is null then
    raise exception 'there is no such call' using errcode = 'VX404';
  elsif v_call.reported_at is not null and v_call.transcript_state <> 'pending_redaction' then
    return v_call.transcript_state;
  end if;

  perform app.heed_call_refusal(p_call_id, p_turns);
  -- A call that was being dialled when its contact was erased has nobody, and no words.
  v_forgotten := app.is_forgotten(p_call_id);
  if v_forgotten then
    p_turns := '[]';
    p_summary := null;
    p_analysis := null;
    p_has_recording := false;
  end if;
  -- Whoever tries the agent out, from the browser or by telephone, is no lead; what they book has its contact.
  -- Nor is anybody whom a call without a slot was meant for.
  v_is_lead := not v_forgotten and v_call.direction <> 'web'
    and app.ending_of_call(coalesce(p_ended_reason, v_call.ended_reason), true) <> 'line_busy'
    and not exists (
      select from public.outbound_calls o where o.org_id = v_org_id and o.call_id = p_call_id and o.kind = 'test');
  if v_is_lead then
    v_contact_id := app.contact_of_call(p_call_id);
  end if;
  v_names := app.names_of_call(p_call_id) || coalesce(p_said_names, '{}');
  begin
    -- The summary is the last turn: what the caller was called goes from it too.
    select array_agg(t.turn ->> 'text' order by t.position) || p_summary into v_said
    from jsonb_array_elements(coalesce(p_turns, '[]')) with ordinality t(turn, position);
    v_said := app.redact_talk(v_said, v_names);
    v_summary := v_said[cardinality(v_said)];
    select coalesce(jsonb_agg(jsonb_build_object(
        'speaker', t.turn ->> 'speaker', 'text', v_said[t.position], 'at', t.turn -> 'at') order by t.position), '[]')
    into v_turns
    from jsonb_array_elements(coalesce(p_turns, '[]')) with ordinality t(turn, position);
    v_state := case when v_turns = '[]' then 'none' else 'stored' end;
    v_spam := app.is_sales_talk(app.caller_words(v_turns));
  exception when query_canceled or others then
    -- Never raw text, never a lost call: everything else is kept, and the report is fetched again. One job does that,
    -- with its own growing pauses; each failure putting in another would fetch every minute for ever.
    v_summary := null;
    v_turns := '[]';
    v_spam := false;
    v_state := 'pending_redaction';
    if v_call.reported_at is null then
      perform app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', p_call_id), app.now() + interval '1 minute');
    end if;
  end;

  v_seconds := coalesce(p_duration_seconds, extract(epoch from
    coalesce(p_ended_at, v_call.ended_at) - coalesce(p_started_at, v_call.started_at))::integer);
  v_seconds := case when v_seconds < 0 then 0 else v_seconds end;
  v_spoke := case when jsonb_typeof(p_turns) = 'array' and p_turns <> '[]' then p_turns @> '[{"speaker": "caller"}]' end;
  -- A caller who spoke was connected, also where nobody says for how long.
  v_outcome := app.call_outcome(p_call_id, coalesce(p_ended_reason, v_call.ended_reason),
    coalesce(v_seconds, case when v_spoke then 5 end), v_spam, v_spoke);
  v_written := v_state <> 'pending_redaction' and btrim(v_summary) <> '';
  -- The contact before its call, as whoever erases or merges it locks them.
  perform from public.contacts c where c.org_id = v_org_id and c.id = v_contact_id for no key update;
  -- Who erased the contact while this waited has blanked the call: nothing may come back.
  select c.reported_at, c.transcript_state into v_reported_at, v_kept_state
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id
  for no key update;
  if (v_reported_at, v_kept_state) is distinct from (v_call.reported_at, v_call.transcript_state) then
    return v_kept_state;
  end if;
  update public.call_logs c
  set status = 'ended', started_at = coalesce(p_started_at, c.started_at), ended_at = coalesce(p_ended_at, c.ended_at),
    duration_seconds = coalesce(v_seconds, c.duration_seconds),
    ended_reason = coalesce(left(p_ended_reason, 200), c.ended_reason), transcript = v_turns,
    summary = case when v_written then v_summary when v_state <> 'pending_redaction' then app.outcome_sentence(v_outcome, c.questions_answered > 0) end,
    summary_source = case when v_written then 'analysis' when v_state <> 'pending_redaction' then 'rules' end,
    transcript_state = v_state, cost_micros = p_cost_micros, outcome = v_outcome,
    recording_state = case
      when c.recording_state <> 'none' then c.recording_state -- a second report must not undo what became of it
      when p_has_recording then 'at_provider'
      when exists (select from public.organizations o where o.id = v_org_id and o.hipaa_mode) then 'not_kept_by_provider'
      else 'none'
    end,
    tools_used = coalesce(p_tools_used, '{}'), reported_at = app.now(), updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;

  if v_state <> 'pending_redaction' then
    perform app.note_feeling(p_call_id, p_analysis);
  end if;
  if p_has_recording then
    perform app.note_recording(p_call_id, p_recording_url);
  end if;
  perform app.release_hold(p_call_id);
  perform app.conclude_outbound_call(p_call_id);
  if v_forgotten then
    perform app.blank_calls(array[p_call_id]);
    -- What they said of calls holds by the number's hash.
    update public.opt_outs o
    set phone = null
    where o.org_id = v_org_id and o.phone = v_call.to_number and v_call.direction = 'outbound'
      and not exists (select from public.contacts k where k.org_id = v_org_id and k.phone = o.phone);
  end if;
  if v_is_lead and v_state <> 'pending_redaction' then
    perform app.score_lead(p_call_id);
    perform app.notify_urgent_call(p_call_id);
  end if;
  if v_outcome in ('missed', 'failed') and v_call.direction = 'inbound' and v_call.reported_at is null then
    perform app.notify_staff('missed_call', 'A call was missed', 'call', p_call_id);
    perform app.schedule_missed_call(p_call_id);
  end if;
  perform app.announce('call_ended', 'call', p_call_id);
  return v_state;
end
$$;

comment on function app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[], text, jsonb) is
  'Takes in an end-of-call report, before or after the status updates, once: a second report changes nothing unless redaction failed the first time. p_turns: [{"speaker","text","at"}]; p_said_names: names given to tools during the call, also of people who were not booked in the end; turns and summary are redacted of them and of everything else before they are stored; a missing duration follows from start and end. A recording that the provider has (p_recording_url: where it may be fetched for a while) is copied by a job. Whoever says in a call of ours that they want no more is heeded, see app.heed_call_refusal. Of a call that is forgotten (app.is_forgotten) only times, outcome and cost are kept. p_analysis: what the provider''s model found, see app.note_feeling; without a summary of its own the call gets the sentence of its outcome. Returns the transcript''s state; the first pending_redaction puts a job in the queue that fetches the report again. VX404 when the call is not the tenant''s.';

select app.seal('app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[], text, jsonb)', 'app_writer', 'tenant_service');
