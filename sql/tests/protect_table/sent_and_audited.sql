-- What was sent and who did what can be read with the service key, and not be rewritten with it.
begin;
\ir ../clinics.psql
select plan(11);
insert into public.messages (org_id, direction, method, category, recipient, content) select id, 'outbound', 'sms', 'reminder', '+13125550188', 'Hello' from public.organizations;
insert into public.audit_log (org_id, action, entity, entity_id) select id, 'caller_transferred', 'call', id from public.organizations;
set role service_role;
select is((select count(*) from public.messages), 2::bigint, 'messages of every tenant are read');
select is((select count(*) from public.audit_log), 2::bigint, 'so is the audit log');
select throws_ok('insert into public.messages (org_id, direction, method, category, recipient, content) select org_id, direction, method, category, recipient, content from public.messages', '42501', 'permission denied for table messages', 'no message is added');
select throws_ok('update public.messages set content = null', '42501', null, 'changed');
select throws_ok('delete from public.messages', '42501', null, 'or removed');
select throws_ok('insert into public.audit_log (org_id, action, entity, entity_id) select org_id, action, entity, entity_id from public.audit_log', '42501', 'permission denied for table audit_log', 'no entry is added');
select throws_ok('update public.audit_log set action = action', '42501', null, 'changed');
select throws_ok('delete from public.audit_log', '42501', null, 'or removed');
select lives_ok($$ update public.contacts set notes = notes $$, 'other tables it may write');
reset role;
set role app_writer;
select throws_ok('delete from public.messages', '42501', null, 'functions remove no message');
select throws_ok('update public.audit_log set action = action', '42501', null, 'and rewrite no entry');
select * from finish();
rollback;
