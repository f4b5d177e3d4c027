create or replace function app.put_off_call(p_id uuid, p_due_at timestamptz, p_reason text, p_more_tries integer)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if exists (select from public.outbound_calls c where c.org_id = v_org_id and c.id = p_id and p_due_at >= c.until_at) then
    perform app.close_outbound_call(p_id, 'given_up', 'expired');
    return;
  end if;
  update public.outbound_calls c
  set state = 'waiting', reason = p_reason, due_at = p_due_at, look_at = c.until_at, tries = c.tries + p_more_tries, lease_id = null,
    handed_over_at = null, updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_id;
  perform app.enqueue_job('dial_calls', '{}'); -- the slot is another's now
end
$$;

comment on function app.put_off_call(uuid, timestamptz, text, integer) is
  'Gives a call''s slot back and has it wait again until p_due_at, with the reason in a word of ours; gives it up as expired when that is past its time. p_more_tries is how many tries this counts for. The caller holds the row''s lock.';

select app.seal('app.put_off_call(uuid, timestamptz, text, integer)', null, 'app_writer');
