-- A location is made from a name, changed field by field, and deleted while nothing belongs to it.
begin;
\ir ../booking.psql
select plan(15);
select pg_temp.act_as('staff');
select throws_ok($$ select app.save_location(null, '{"name": "South"}') $$, 'VX403', null, 'settings are not for staff');
select pg_temp.act_as('admin');
select is((select name || ' ' || time_zone from app.save_location(null, '{"name": " South "}')), 'South America/Chicago', 'made in the clinic''s zone');
select is((select name || ' ' || phone || ' ' || calendar_stale_after from app.save_location(:'main', '{"phone": "+13125550152", "calendar_stale_after_minutes": 30}')),
  'Main +13125550152 00:30:00', 'changed');
select is((select phone from app.save_location(:'main', '{"phone": null}')), null, 'cleared');
select throws_ok($$ select app.save_location(null, '{"phone": "+13125550152"}') $$, 'VX400', null, 'no name');
select throws_ok($$ select app.save_location('a0000000-0000-7000-8000-000000000010', '{"time_zone": "Mars"}') $$, 'VX400', null, 'no zone');
select throws_ok($$ select app.save_location('a0000000-0000-7000-8000-000000000010', '{"phone": "+13125550100"}') $$, 'VX400', null, 'the receptionist''s own number');
select throws_ok($$ select app.save_location('a0000000-0000-7000-8000-000000000010', '{"phone": " +13125550100 "}') $$, 'VX400', null, 'also with blanks around it');
select throws_ok($$ select app.save_location('a0000000-0000-7000-8000-000000000010', '{"org_id": "x"}') $$, 'VX400', null, 'no such field');
select throws_ok($$ select app.save_location('b0000000-0000-7000-8000-000000000010', '{"name": "Ours"}') $$, 'VX404', null, 'another clinic''s');
select ok(not app.delete_location('b0000000-0000-7000-8000-000000000010'), 'nor deleted');
select throws_ok($$ select app.delete_location('a0000000-0000-7000-8000-000000000010') $$, 'VX409', null, 'resources belong to it');
select ok(app.delete_location((select id from public.locations where name = 'South')), 'nothing does to this');
select throws_ok($$ select app.delete_location('a0000000-0000-7000-8000-000000000010') $$, 'VX409', 'an organisation keeps at least one location', 'the last one stays');
select is((select count(*) from public.audit_log where action like 'location_%'), 4::bigint, 'all of it is audited');
select * from finish();
rollback;
