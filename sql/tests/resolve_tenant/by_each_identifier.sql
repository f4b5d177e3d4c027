begin;
select plan(15);
\ir ../clinics.psql
\set a a0000000-0000-7000-8000-000000000001
\set b b0000000-0000-7000-8000-000000000001
select set_config('role', 'tenant_service', true);

select results_eq($$select outcome, org_id, agent_id, location_id from app.resolve_tenant('assistant-a', null, null)$$,
  $$values ('found', 'a0000000-0000-7000-8000-000000000001'::uuid, 'a0000000-0000-7000-8000-000000000041'::uuid, null::uuid)$$,
  'an assistant names the tenant and the agent');
select results_eq($$select outcome, org_id, agent_id, location_id from app.resolve_tenant(null, 'vapi-number-a', null)$$,
  $$values ('found', 'a0000000-0000-7000-8000-000000000001'::uuid, null::uuid, 'a0000000-0000-7000-8000-000000000010'::uuid)$$,
  'a phone number id names the tenant and the location');
select results_eq($$select outcome, org_id, location_id from app.resolve_tenant(null, null, '+442079460100')$$,
  $$values ('found', 'b0000000-0000-7000-8000-000000000001'::uuid, 'b0000000-0000-7000-8000-000000000010'::uuid)$$,
  'a number alone will do');
select is((select outcome from app.resolve_tenant('assistant-a', 'vapi-number-a', '+13125550100')), 'found', 'all three agree');
select is((select org_id from app.resolve_tenant('assistant-zz', 'vapi-zz', '+13125550100')), :'a', 'what we do not know is no harm');
select is((select location_id from app.resolve_tenant('assistant-a', null, '+13125550100')),
  'a0000000-0000-7000-8000-000000000010', 'agent from the assistant, location from the number');
select is((select agent_id from app.resolve_tenant('assistant-a', null, '+13125550100')),
  'a0000000-0000-7000-8000-000000000041', 'the assistant names the agent');

select is((select outcome from app.resolve_tenant(null, null, null)), 'unknown', 'nothing given');
select is((select outcome from app.resolve_tenant('', '', '')), 'unknown', 'nothing in them');
select is((select outcome from app.resolve_tenant('assistant-zz', 'vapi-zz', '+13125550999')), 'unknown', 'nothing of ours');
select is((select org_id from app.resolve_tenant('assistant-zz', null, null)), null, 'no tenant to fall back on');

select results_eq($$select outcome, org_id from app.resolve_tenant('assistant-a', null, '+442079460100')$$,
  $$values ('conflict', null::uuid)$$, 'assistant of one, number of the other');
select is((select outcome from app.resolve_tenant(null, 'vapi-number-b', '+13125550100')), 'conflict', 'number id of one, number of the other');

reset role;
update public.organizations set deleted_at = app.now() where id = :'a';
select set_config('role', 'tenant_service', true);
select is((select outcome from app.resolve_tenant('assistant-a', 'vapi-number-a', '+13125550100')), 'unknown', 'a tenant that left is not found');
select is((select org_id from app.resolve_tenant('assistant-a', null, '+442079460100')), :'b', 'nor does it conflict with one that stays');
select * from finish();
rollback;
