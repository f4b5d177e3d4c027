begin;
select plan(20);
\ir ../clinics.psql
insert into auth.users (id, email) values
  ('a0000000-0000-7000-8000-0000000000e1', 'founder@patients.example'), ('a0000000-0000-7000-8000-0000000000e2', 'other@patients.example');
delete from public.profiles;
insert into public.profiles (org_id, user_id, role) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000e1', 'owner'),
  ('b0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000e2', 'owner');
\set claims '{"sub": "a0000000-0000-7000-8000-0000000000e1", "role": "authenticated", "app_metadata": {"org_id": "a0000000-0000-7000-8000-000000000001", "member_role": "owner"}}'

set role voxanne_login;
select is(app.begin_request('tenant_user', :'claims'), 'owner', 'a member is answered with the role');
select is(current_user, 'tenant_user', 'and acts as tenant_user');
select is((select array_agg(slug) from public.organizations), '{lakeside}', 'who sees the own tenant');
select is(current_setting('statement_timeout'), '10s', 'with bounded waits');

reset role;
update public.profiles set role = 'viewer' where user_id = 'a0000000-0000-7000-8000-0000000000e1';
set role voxanne_login;
select is(app.begin_request('tenant_user', :'claims'), 'viewer', 'downgraded: the new role at once, whatever the token says');
select throws_ok($$select app.book_appointment('Checkup', app.now(), 'Jo Quill', p_contact_id => app.uuid_v7())$$, 'VX403', null, 'and only that');

reset role;
delete from public.profiles where user_id = 'a0000000-0000-7000-8000-0000000000e1';
set role voxanne_login;
select throws_ok(format('select app.begin_request(%L, %L)', 'tenant_user', :'claims'), 'VX401', 'not a member of this organisation', 'removed: refused');

\set other '{"sub": "a0000000-0000-7000-8000-0000000000e2", "app_metadata": {"org_id": "a0000000-0000-7000-8000-000000000001"}}'
set role voxanne_login;
select throws_ok(format('select app.begin_request(%L, %L)', 'tenant_user', :'other'), 'VX401', null, 'a member of another tenant');
set role voxanne_login;
select throws_ok(format('select app.begin_request(%L, %L)', 'tenant_user',
    '{"sub": "a0000000-0000-7000-8000-0000000000e2", "user_metadata": {"org_id": "a0000000-0000-7000-8000-000000000001"}}'),
  'VX401', null, 'user_metadata is no membership');
set role voxanne_login;
select throws_ok(format('select app.begin_request(%L, %L)', 'tenant_user', '{"app_metadata": {"org_id": "b0000000-0000-7000-8000-000000000001"}}'),
  'VX401', null, 'nobody is no member');
set role voxanne_login;
select throws_ok($$select app.begin_request('tenant_user', '{"sub": "a0000000-0000-7000-8000-0000000000e2"}')$$, 'VX401', null, 'no organisation');
set role voxanne_login;
select throws_ok($$select app.begin_request('tenant_user', null)$$, 'VX401', null, 'no claims');
set role voxanne_login;
select throws_ok($$select app.begin_request('tenant_service', '{}')$$, 'VX401', null, 'no organisation, as a service');

set role voxanne_login;
select is(app.begin_request('tenant_service', '{"app_metadata": {"org_id": "b0000000-0000-7000-8000-000000000001"}}'), 'service', 'a job acts for the tenant');
select is((select array_agg(slug) from public.organizations), '{harbor}', 'and sees it alone');

set role voxanne_login;
select throws_ok(format('select app.begin_request(%L, %L)', 'app_writer', :'other'), 'VX400', null, 'as app_writer');
select throws_ok(format('select app.begin_request(%L, %L)', 'service_role', :'other'), 'VX400', null, 'as service_role');
select throws_ok(format('select app.begin_request(%L, %L)', 'none', :'other'), 'VX400', null, 'as none');
select throws_ok(format('select app.begin_request(null, %L)', :'other'), 'VX400', null, 'as NULL');
reset role;
set role tenant_user;
select throws_ok(format('select app.begin_request(%L, %L)', 'tenant_user', :'other'), '42501', null, 'nobody changes tenants from inside a request');
select * from finish();
rollback;
