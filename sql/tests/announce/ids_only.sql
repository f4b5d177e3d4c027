begin;
select plan(6);
\ir ../clinics.psql
select pg_temp.act_for('a');
select lives_ok($$select app.announce('call_update', 'call', 'a0000000-0000-7000-8000-0000000000c1')$$, 'announced');
select results_eq('select org_id, kind, entity, entity_id, at, xid from public.events',
  $$values (app.current_org_id(), 'call_update', 'call', 'a0000000-0000-7000-8000-0000000000c1'::uuid, '2030-03-04 14:00+00'::timestamptz, pg_current_xact_id())$$,
  'with its transaction, for the tenant of the claims');
select throws_ok($$select app.announce('Jo Quillby called', 'call', app.uuid_v7())$$, '23514', null, 'words about people are no kind');
select pg_temp.act_for('b');
select is((select count(*) from public.events), 0::bigint, 'nobody else hears');
select set_config('request.jwt.claims', '', true);
select throws_ok($$select app.announce('call_update', 'call', app.uuid_v7())$$, 'VX401', null, 'no tenant');
reset role;
set role tenant_user;
select throws_ok($$select app.announce('call_update', 'call', app.uuid_v7())$$, '42501', null, 'not for people');
select * from finish();
rollback;
