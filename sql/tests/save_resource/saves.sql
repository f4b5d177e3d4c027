-- A resource belongs to its location for good and gives the services it is said to give.
begin;
\ir ../booking.psql
select plan(14);
select pg_temp.act_for('a');
select pg_temp.book('04 16:00', 'Ann Quillby', p_resource => 'Avery');
select pg_temp.act_as('staff');
select throws_ok($$ select app.save_resource('a0000000-0000-7000-8000-000000000031', '{"active": false}') $$, 'VX403', null, 'settings are not for staff');
select pg_temp.act_as('admin');
select is((select kind || ' ' || active from app.save_resource(null, jsonb_build_object('name', 'Room 1', 'kind', 'room', 'location_id', :'main', 'service_ids', array[:'checkup']))), 'room true', 'made');
select is((select count(*) from public.resource_services rs join public.resources r on r.id = rs.resource_id and r.org_id = rs.org_id where r.name = 'Room 1'), 1::bigint, 'with its service');
select lives_ok($$ select app.save_resource('a0000000-0000-7000-8000-000000000032', '{"service_ids": ["a0000000-0000-7000-8000-000000000022"]}') $$, 'Blake whitens now');
select is((select array_agg(service_id) from public.resource_services where resource_id = :'blake'), array[:'whitening']::uuid[], 'and nothing else');
select throws_ok($$ select app.save_resource('a0000000-0000-7000-8000-000000000032', '{"service_ids": ["b0000000-0000-7000-8000-000000000021"]}') $$, 'VX404', null, 'another clinic''s service');
select throws_ok($$ select app.save_resource(null, '{"name": "X", "location_id": "b0000000-0000-7000-8000-000000000010"}') $$, 'VX404', null, 'another clinic''s location');
select throws_ok($$ select app.save_resource('b0000000-0000-7000-8000-000000000031', '{"name": "Ours"}') $$, 'VX404', null, 'another clinic''s resource');
select throws_ok($$ select app.save_resource('a0000000-0000-7000-8000-000000000032', '{"location_id": "b0000000-0000-7000-8000-000000000010"}') $$, 'VX404', null, 'to another clinic''s location');
select throws_ok($$ select app.save_resource('a0000000-0000-7000-8000-000000000032', jsonb_build_object('location_id', app.uuid_v7())) $$, 'VX404', null, 'to none');
select throws_ok($$ select app.save_resource('a0000000-0000-7000-8000-000000000032', '{"name": "Dr. Avery Stone"}') $$, 'VX409', null, 'the name is taken');
select throws_ok($$ select app.save_resource('a0000000-0000-7000-8000-000000000032', '{"kind": "robot"}') $$, 'VX400', null, 'no such kind');
select throws_ok($$ select app.delete_resource('a0000000-0000-7000-8000-000000000031') $$, 'VX409', null, 'Avery has a visit');
select ok(app.delete_resource(:'blake'), 'Blake has none');
select * from finish();
rollback;
