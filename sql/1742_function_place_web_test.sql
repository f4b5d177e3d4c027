create or replace function app.place_web_test(
  p_web_test_id uuid,
  p_vapi_call_id text,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_test public.web_tests;
  v_call_id uuid;
begin
  perform app.require_admin();
  select * into v_test
  from public.web_tests t
  where t.org_id = v_org_id and t.id = p_web_test_id and t.user_id = app.current_user_id() and t.ended_at is null and t.call_id is null
  for update;
  if v_test.id is null then
    raise exception 'this test call is over' using errcode = 'VX409';
  end if;
  v_call_id := app.ensure_call(p_vapi_call_id, 'web', v_test.agent_id, null, null, null);
  update public.web_tests t
  set call_id = v_call_id, expires_at = app.now() + interval '1 minute',
    ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id
  where t.org_id = v_org_id and t.id = v_test.id;
  return v_call_id;
end
$$;

comment on function app.place_web_test(uuid, text, bytea, bytea, bytea, text) is
  'Writes down that Vapi made the call of a test, whose bridge may be opened within a minute, and returns the call: its row may be there already, by a webhook. VX403 for others than owners and admins, VX409 when the test is over.';

select app.seal('app.place_web_test(uuid, text, bytea, bytea, bytea, text)', 'app_writer', 'tenant_user');
