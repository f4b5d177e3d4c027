-- A test call from the dashboard is told of the member's own clinic what a caller to its first location is told.
begin;
\ir ../booking.psql
select plan(4);
select pg_temp.owner($$ update public.organizations set policies = 'Cancel a day ahead.' where slug = 'lakeside' $$);
select pg_temp.owner($$ insert into public.locations (org_id, name, time_zone, address, created_at)
  values ('a0000000-0000-7000-8000-000000000001', 'Newer', 'America/New_York', '2 Quill Street', app.now() + interval '1 day') $$);
select pg_temp.act_as('owner');
select results_eq($$ select clinic_name, time_zone, policies, practitioners from app.test_call_facts() $$,
  $$ values ('Lakeside Dental', 'America/Chicago', 'Cancel a day ahead.', 'Blake Reed, Dr. Avery Stone') $$, 'the first location''s');
select is((select count(*) from app.test_call_facts()), 1::bigint, 'in one row');
reset role;
select pg_temp.owner($$ delete from public.business_hours where org_id = 'a0000000-0000-7000-8000-000000000001' $$);
select pg_temp.act_as('owner');
select is((select hours from app.test_call_facts()), null, 'what the clinic did not say is nothing');
reset role;
select pg_temp.act_for('a');
select throws_ok('select * from app.test_call_facts()', '42501', null, 'not for webhooks, which have a call');
select * from finish();
rollback;
