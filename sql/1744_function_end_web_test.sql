create or replace function app.end_web_test(p_tracking_hash bytea)
returns setof app.web_test_line
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_test public.web_tests;
  v_line app.web_test_line;
begin
  perform app.require_admin();
  select * into v_test
  from public.web_tests t
  where t.org_id = v_org_id and t.tracking_hash = p_tracking_hash and t.user_id = app.current_user_id()
  for update;
  if v_test.id is null then
    raise exception 'there is no such test call' using errcode = 'VX404';
  end if;
  perform app.finish_web_test(v_test.id, 'ended_by_member');
  if v_test.ciphertext is not null then
    v_line.web_test_id := v_test.id;
    v_line.ciphertext := v_test.ciphertext;
    v_line.nonce := v_test.nonce;
    v_line.auth_tag := v_test.auth_tag;
    v_line.key_id := v_test.key_id;
    return next v_line;
  end if;
end
$$;

comment on function app.end_web_test(bytea) is
  'Ends a test call that its member began; again it changes nothing. Its bridge, in whichever process, sees it within a second. A row: no bridge was open, so the caller hangs up at the address. VX403 for others than owners and admins, VX404 when there is none.';

select app.seal('app.end_web_test(bytea)', 'app_writer', 'tenant_user');
