begin;
select plan(24);
\ir ../clinics.psql
set role voxanne_login;

select results_eq(
  $$select outcome, org_id, agent_id, location_id, clinic_name, country, language, time_zone, now
    from app.open_call('call-new', 'inbound', 'assistant-a', null, '+13125550100', '+13125550177')$$,
  $$values ('found', 'a0000000-0000-7000-8000-000000000001'::uuid, 'a0000000-0000-7000-8000-000000000041'::uuid,
    'a0000000-0000-7000-8000-000000000010'::uuid, 'Lakeside Dental', 'US', 'en-US', 'America/Chicago', '2030-03-04 14:00:00+00'::timestamptz)$$,
  'the facts of the clinic');
select is(current_user, 'tenant_service', 'and acts as its service from then on');
select is(app.current_org_id(), 'a0000000-0000-7000-8000-000000000001', 'with its claims');
select is(app.current_user_id(), null, 'and as nobody');
select is(current_setting('lock_timeout'), '5s', 'with bounded waits');
select results_eq($$select direction, from_number, to_number, status, contact_id from public.call_logs where vapi_call_id = 'call-new'$$,
  $$values ('inbound', '+13125550177', '+13125550100', 'ringing', null::uuid)$$, 'the call has its row');
select is((select count(*) from public.call_logs where org_id <> app.current_org_id()), 0::bigint, 'nothing of another tenant in sight');
select is((select array_agg(kind order by id) from public.events), '{call_update}', 'live clients are told');

select id as new from public.call_logs where vapi_call_id = 'call-new' \gset
set role voxanne_login;
select is((select call_id from app.open_call('call-new', 'inbound', 'assistant-a', null, null, null)),
  :'new', 'the same call again is the same row');
select is((select from_number from public.call_logs where vapi_call_id = 'call-new'), '+13125550177', 'left as it was');
select is((select count(*) from public.events), 1::bigint, 'and not told again');
set role voxanne_login;
select is((select weekdays || opens_minutes || closes_minutes from app.open_call('call-new', 'inbound', 'assistant-a', null, null, null)),
  '{1,2,3,4,5,540,540,540,540,540,1020,1020,1020,1020,1020}', 'the week in minutes');

set role voxanne_login;
select is((select outcome from app.open_call('call-withheld', 'inbound', null, 'vapi-number-a', null, null)), 'found', 'a withheld caller');
select results_eq($$select from_number, to_number from public.call_logs where vapi_call_id = 'call-withheld'$$,
  $$values (null::text, null::text)$$, 'has no number');
set role voxanne_login;
select is((select outcome from app.open_call('call-out', 'outbound', 'assistant-b', null, '+442079460100', '+442079460155')), 'found', 'a call of ours');
select results_eq($$select from_number, to_number, direction from public.call_logs where vapi_call_id = 'call-out'$$,
  $$values ('+442079460100', '+442079460155', 'outbound')$$, 'goes from the clinic to the other party');
set role voxanne_login;
select is((select location_id from app.open_call('call-web', 'web', 'assistant-b', null, null, null)),
  'b0000000-0000-7000-8000-000000000010', 'a web call is at the first location');
set role voxanne_login;
select isnt((select call_id from app.open_call('call-new', 'inbound', 'assistant-b', null, null, null)),
  'a0000000-0000-7000-8000-0000000000c1', 'one call id at two clinics is two calls');

reset role;
create temp table before as select (select count(*) from public.call_logs) calls, (select count(*) from public.events) events;
set role voxanne_login;
select is((select outcome from app.open_call('call-x', 'inbound', 'assistant-a', null, '+442079460100', null)), 'conflict', 'two tenants are nobody''s call');
select is(app.current_org_id(), null, 'no tenant is set');
set role voxanne_login;
select is((select outcome from app.open_call('call-x', 'inbound', 'assistant-zz', null, null, null)), 'unknown', 'nobody we know');
select is((select count(*) from public.organizations), 0::bigint, 'who sees nothing');
reset role;
update public.organizations set deleted_at = app.now() where slug = 'lakeside';
set role voxanne_login;
select is((select outcome from app.open_call('call-x', 'inbound', 'assistant-a', 'vapi-number-a', '+13125550100', null)), 'unknown', 'nor a tenant that left');
reset role;
select results_eq('select (select count(*) from public.call_logs), (select count(*) from public.events)', 'select calls, events from before',
  'and nothing is written');
select * from finish();
rollback;
