begin;
select plan(9);
\ir ../signing_up.psql
select pg_temp.sign_up('founder@patients.example') as founder \gset
select org_id as org from public.profiles where user_id = :'founder' \gset
create function pg_temp.hooked(p_user text, p_claims text) returns jsonb language sql as $$
  select app.access_token_hook(jsonb_build_object('user_id', p_user, 'authentication_method', 'password', 'claims', p_claims::jsonb))
$$;
select is(pg_temp.hooked(:'founder', '{"sub": "x", "app_metadata": {"provider": "email"}}'),
  format('{"user_id": "%s", "authentication_method": "password", "claims": {"sub": "x", "app_metadata": {"provider": "email", "org_id": "%s", "member_role": "owner"}}}', :'founder', :'org')::jsonb,
  'adds the truth, keeps the rest');
update public.profiles set role = 'viewer' where user_id = :'founder';
select is(pg_temp.hooked(:'founder', '{"app_metadata": {"org_id": "b0000000-0000-7000-8000-000000000001", "member_role": "owner"}}') #>> '{claims,app_metadata,member_role}', 'viewer', 'a downgrade counts at the next token');
select is(pg_temp.hooked(:'founder', '{"app_metadata": {"org_id": "b0000000-0000-7000-8000-000000000001"}}') #>> '{claims,app_metadata,org_id}', :'org', 'a forged organisation is put right');
select is(pg_temp.hooked(:'founder', '{}') #>> '{claims,app_metadata,org_id}', :'org', 'claims without metadata');
select is(app.access_token_hook(jsonb_build_object('user_id', :'founder')) #>> '{claims,app_metadata,org_id}', :'org', 'no claims');
select is(pg_temp.hooked(:'founder', '{"user_metadata": {"org_id": "b0000000-0000-7000-8000-000000000001"}}') #>> '{claims,app_metadata,org_id}', :'org', 'user_metadata is not read');
delete from public.profiles where user_id = :'founder';
select is(pg_temp.hooked(:'founder', format('{"sub": "x", "app_metadata": {"provider": "email", "org_id": "%s", "member_role": "owner"}}', :'org')) -> 'claims',
  '{"sub": "x", "app_metadata": {"provider": "email"}}', 'a removed member has neither');
select is(pg_temp.hooked(gen_random_uuid()::text, '{"app_metadata": {"org_id": "b0000000-0000-7000-8000-000000000001"}}') #> '{claims,app_metadata}', '{}', 'nor has a stranger');
set role tenant_service;
select throws_ok($$select app.access_token_hook('{}')$$, '42501', null, 'nobody of ours calls it');
select * from finish();
rollback;
