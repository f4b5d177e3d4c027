-- Neither live events nor deliveries of the last hour can be deleted, whoever asks for it.
begin;
\ir ../clinics.psql
select plan(5);
insert into public.events (org_id, kind, entity, entity_id, at)
select id, 'call_update', 'call', id, app.now() - interval '61 minutes' from public.organizations;
set role voxanne_login;
select throws_ok($$ select app.sweep_platform('2030-03-04 13:01+00', '2030-03-01') $$, 'VX400', null, 'events');
select throws_ok($$ select app.sweep_platform('2030-03-01', '2030-03-04 13:01+00') $$, 'VX400', null, 'deliveries');
select throws_ok($$ select app.sweep_platform('infinity', '2030-03-01') $$, 'VX400', null, 'everything');
select is(app.sweep_platform(null, null), 0::bigint, 'nothing is meant by nothing');
select is(app.sweep_platform('2030-03-04 13:00+00', '2030-03-04 13:00+00'), 2::bigint, 'an hour ago is long enough');
select * from finish();
rollback;
