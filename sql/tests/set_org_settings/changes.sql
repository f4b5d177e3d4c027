-- Rules change one by one; what an assistant says is brought to Vapi.
begin;
\ir ../booking.psql
select plan(8);
select pg_temp.act_as('staff');
select throws_ok($$ select app.set_org_settings('{"name": "Ours"}') $$, 'VX403', null, 'settings are not for staff');
select pg_temp.act_as('owner');
select is((select buffer_after || ' ' || max_advance || ' ' || hold_ttl || ' ' || name from app.set_org_settings('{"buffer_after_minutes": 15, "max_advance_days": 90, "hold_seconds": 60}')),
  '00:15:00 90 days 00:01:00 Lakeside Dental', 'changed');
select lives_ok($$ select app.set_org_settings('{"ai_disclosure": false}') $$, 'what is said');
select throws_ok($$ select app.set_org_settings('{"time_zone": "Mars"}') $$, 'VX400', null, 'no zone');
select throws_ok($$ select app.set_org_settings('{"slot_step_minutes": 1}') $$, 'VX400', null, 'out of bounds');
select throws_ok($$ select app.set_org_settings('{"name": null}') $$, 'VX400', null, 'nothing is emptied');
select throws_ok($$ select app.set_org_settings('{"slug": "x"}') $$, 'VX400', null, 'no such setting');
select is((select name from public.organizations where id <> app.current_org_id()), null, 'nobody else''s are seen');
select * from finish();
rollback;
