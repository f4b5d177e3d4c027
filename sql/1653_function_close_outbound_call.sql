create or replace function app.close_outbound_call(p_id uuid, p_state text, p_reason text, p_answered boolean default null)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_kind text;
begin
  update public.outbound_calls c
  set state = p_state, reason = p_reason, answered = p_answered, ended_at = v_now, look_at = null, lease_id = null, updated_at = v_now,
    -- It was left standing at the erasure, because somebody was about to dial it.
    to_number = case when exists (
      select from public.contacts k where k.org_id = c.org_id and k.id = c.contact_id and k.erased_at is not null)
      then null else c.to_number end
  where c.org_id = v_org_id and c.id = p_id
  returning c.kind into strict v_kind;
  -- Whoever asked for a test waits for it; of a campaign nobody expects a call in particular.
  if p_state = 'given_up' and v_kind in ('call_back', 'reminder') then
    perform app.notify_staff('outbound_call_failed', 'A call could not be made', 'outbound_call', p_id);
  end if;
  perform app.announce('outbound_call_updated', 'outbound_call', p_id);
end
$$;

comment on function app.close_outbound_call(uuid, text, text, boolean) is
  'Ends an outbound call of the tenant for good, as ended, cancelled or given_up, with the reason in a word of ours; gives its slot back. Staff are told of a call back or reminder that was given up. The caller holds the row''s lock.';

select app.seal('app.close_outbound_call(uuid, text, text, boolean)', null, 'app_writer');
