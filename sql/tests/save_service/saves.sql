-- A service is made, changed field by field, and deleted while it was never booked.
begin;
\ir ../booking.psql
select plan(16);
select pg_temp.act_for('a');
select pg_temp.book('04 16:00', 'Ann Quillby');
select pg_temp.act_as('staff');
select throws_ok($$ select app.save_service(null, '{"name": "Polish", "duration_minutes": 20}') $$, 'VX403', null, 'settings are not for staff');
select pg_temp.act_as('admin');
select is((select duration || ' ' || aliases::text || ' ' || currency from app.save_service(null, '{"name": "Polish", "duration_minutes": 20, "aliases": ["shine", " ", "shine"]}')),
  '00:20:00 {shine} USD', 'made');
select is((select name || ' ' || buffer_after || ' ' || active from app.save_service(:'checkup', '{"buffer_after_minutes": 10, "active": false}')), 'Checkup 00:10:00 false', 'changed');
select is((select buffer_after from app.save_service(:'checkup', '{"buffer_after_minutes": null}')), null, 'back to the organisation''s');
select throws_ok($$ select app.save_service(null, '{"name": "Polish", "duration_minutes": 20}') $$, 'VX409', null, 'the name is taken');
select is((select duration || ' ' || price_minor || ' ' || aliases::text from app.save_service(null, '{"name": "Old", "price": 49.95, "keywords": ["older"]}')),
  '00:30:00 4995 {older}', 'as older dashboards say it');
select is((select price_minor || ' ' || aliases::text from app.save_service((select id from public.services where name = 'Old'),
  '{"price": 1, "price_minor": 200, "keywords": ["one"], "aliases": ["two"]}')), '200 {two}', 'of two spellings the newer one');
select is((select price_minor from app.save_service((select id from public.services where name = 'Old'), '{"price": null}')), null, 'not told');
select throws_ok($$ select app.save_service(null, '{"name": "Other", "price": "dear"}') $$, 'VX400', null, 'no price');
select throws_ok($$ select app.save_service(null, '{"name": "Other", "duration_minutes": null}') $$, 'VX400', null, 'no duration');
select throws_ok($$ select app.save_service(null, '{"name": "Other", "duration_minutes": "long"}') $$, 'VX400', null, 'no number');
select throws_ok($$ select app.save_service(null, '{"name": "Other", "duration_minutes": 4}') $$, 'VX400', null, 'too short');
select throws_ok($$ select app.save_service('b0000000-0000-7000-8000-000000000021', '{"name": "Ours"}') $$, 'VX404', null, 'another clinic''s');
select ok(not app.delete_service('b0000000-0000-7000-8000-000000000021'), 'nor deleted');
select throws_ok($$ select app.delete_service('a0000000-0000-7000-8000-000000000021') $$, 'VX409', null, 'it was booked');
select ok(app.delete_service((select id from public.services where name = 'Polish')), 'this was not');
select * from finish();
rollback;
