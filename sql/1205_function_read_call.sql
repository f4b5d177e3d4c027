create or replace function app.read_call(p_call_id uuid, p_request_id text default null)
returns setof app.call_detail
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  select v_org_id, 'transcript_read', 'call', c.id, app.current_user_id(), left(p_request_id, 64)
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null and c.transcript_state = 'stored';
  return query
  select c.id, c.vapi_call_id, c.contact_id, k.name, case c.direction when 'outbound' then c.to_number else c.from_number end,
    c.to_number, c.direction, app.call_state(c.status, c.outcome, c.ended_reason), c.began_at,
    c.started_at, c.ended_at, c.duration_seconds, c.outcome, c.ended_reason, c.summary, c.transcript_state, c.recording_state,
    c.tools_used, c.cost_micros, c.created_at, app.turns_with_sentiment(c.transcript), c.recording_error,
    c.summary_source, c.sentiment, c.sentiment_score, c.urgency, c.lead_score, c.lead_reasons
  from public.call_logs c
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null;
end
$$;

comment on function app.read_call(uuid, text) is
  'A call with its transcript (app.turns_with_sentiment) and what it says of its caller as a lead; no row when there is none or it was deleted. That a transcript was read, by whom and in which request stands in the audit log from then on. Every member may look.';

select app.seal('app.read_call(uuid, text)', 'app_writer', 'tenant_user');
