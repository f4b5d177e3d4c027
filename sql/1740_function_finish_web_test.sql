create or replace function app.finish_web_test(p_web_test_id uuid, p_reason text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_call_id uuid;
begin
  update public.web_tests t
  set ended_at = v_now, end_reason = p_reason, ciphertext = null, nonce = null, auth_tag = null, key_id = null
  where t.org_id = v_org_id and t.id = p_web_test_id and t.ended_at is null
  returning t.call_id into v_call_id;
  if not found then
    return false;
  end if;
  -- Where Vapi cannot reach us its report never comes; where it can, the report says more.
  if v_call_id is not null then
    perform app.record_call_event(v_call_id, 'ended', v_now);
  end if;
  return true;
end
$$;

comment on function app.finish_web_test(uuid, text) is
  'Ends a test call for a reason of ours: its bridge is over, or Vapi refused it. Its call is over too. False when it had ended or never was.';

select app.seal('app.finish_web_test(uuid, text)', 'app_writer', 'tenant_service');
