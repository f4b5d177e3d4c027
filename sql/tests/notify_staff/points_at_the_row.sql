begin;
select plan(5);
\ir ../clinics.psql
select set_config('request.jwt.claims', '{"app_metadata": {"org_id": "a0000000-0000-7000-8000-000000000001"}}', true);
select app.notify_staff('missed_call', 'A call was missed', 'call', 'a0000000-0000-7000-8000-0000000000c1');
select results_eq('select org_id, kind, title, body, entity, entity_id, read_at from public.notifications',
  $$values (app.current_org_id(), 'missed_call', 'A call was missed', '', 'call', 'a0000000-0000-7000-8000-0000000000c1'::uuid, null::timestamptz)$$, 'one to read');
select results_eq('select kind, entity, entity_id from public.events',
  $$select 'notification', 'notification', id from public.notifications$$, 'live clients are told');
select throws_ok($$select app.notify_staff('gossip', 'A call', 'call', app.uuid_v7())$$, '23514', null, 'a closed list of kinds');
select set_config('request.jwt.claims', '', true);
select throws_ok($$select app.notify_staff('missed_call', 'A call', 'call', app.uuid_v7())$$, 'VX401', null, 'no tenant');
set role tenant_service;
select throws_ok($$select app.notify_staff('missed_call', 'A call', 'call', app.uuid_v7())$$, '42501', null, 'only functions notify');
select * from finish();
rollback;
