begin;
select plan(6);
\ir ../clinics.psql
insert into public.events (org_id, kind, entity, entity_id, at)
select o.id, 'call_update', 'call', o.id, app.now() - d * interval '1 day' from public.organizations o, generate_series(0, 2) d;
insert into public.webhook_deliveries (org_id, vapi_call_id, kind, key, body_hash, received_at)
select o.id, 'call', 'status-update', d::text, '\x01', app.now() - d * interval '1 day' from public.organizations o, generate_series(0, 2) d;
set role voxanne_login;
select is(app.sweep_platform('2030-03-02 15:00+00', '2030-03-03 15:00+00'), 6::bigint, 'two events and four deliveries are old');
reset role;
select is((select array_agg(distinct at order by at) from public.events), '{2030-03-03 14:00+00,2030-03-04 14:00+00}', 'young events stay');
select is((select array_agg(distinct key) from public.webhook_deliveries), '{0}', 'young deliveries stay');
select is((select count(distinct org_id) from public.events), 2::bigint, 'of every tenant');
set role voxanne_login;
select is(app.sweep_platform('2030-03-02 15:00+00', '2030-03-03 15:00+00'), 0::bigint, 'nothing is left to sweep');
reset role;
set role tenant_service;
select throws_ok('select app.sweep_platform(app.now(), app.now())', '42501', null, 'no tenant sweeps');
select * from finish();
rollback;
