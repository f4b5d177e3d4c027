create or replace function app.open_web_test(p_tracking_hash bytea)
returns setof app.web_test_line
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_test public.web_tests;
  v_line app.web_test_line;
begin
  perform app.require_admin();
  -- Of two that open it at once, the second waits here and finds it open.
  select * into v_test
  from public.web_tests t
  where t.org_id = v_org_id and t.tracking_hash = p_tracking_hash and t.user_id = app.current_user_id()
  for update;
  v_now := app.now();
  if v_test.ciphertext is null or v_test.expires_at <= v_now then
    return;
  end if;
  update public.web_tests t
  set opened_at = v_now, ciphertext = null, nonce = null, auth_tag = null, key_id = null
  where t.org_id = v_org_id and t.id = v_test.id;
  perform app.record_call_event(v_test.call_id, 'in-progress', v_now);
  v_line.web_test_id := v_test.id;
  v_line.vapi_call_id := (select c.vapi_call_id from public.call_logs c where c.org_id = v_org_id and c.id = v_test.call_id);
  v_line.max_seconds := extract(epoch from v_test.max_duration);
  v_line.ciphertext := v_test.ciphertext;
  v_line.nonce := v_test.nonce;
  v_line.auth_tag := v_test.auth_tag;
  v_line.key_id := v_test.key_id;
  return next v_line;
end
$$;

comment on function app.open_web_test(bytea) is
  'Gives the bridge of a test call to the process that asks, once, and forgets the sealed address. No row: the tracking id is unknown, another person''s, too old, open already or over. VX403 for others than owners and admins.';

select app.seal('app.open_web_test(bytea)', 'app_writer', 'tenant_user');
