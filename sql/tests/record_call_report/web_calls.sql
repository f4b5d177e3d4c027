-- Who tries the agent out from the browser is no lead, and nobody is told that such a call was missed.
begin;
\ir ../booking.psql
select plan(4);
create temporary table web as select app.uuid_v7() as id;
grant select on web to public;
select pg_temp.owner(format('insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction) values (%L, %L, ''call-web'', %L, ''web'')',
  'a0000000-0000-7000-8000-000000000001', (select id from web), 'a0000000-0000-7000-8000-000000000010'));
create temporary table contacts_before as select pg_temp.rows('public.contacts') as n;
grant select on contacts_before to public;
select pg_temp.act_for('a');
select is((select app.record_call_report(w.id, null, null, 2, 'customer-ended-call', null, '[]', 0, false, '{}', '{}') from web w), 'none', 'taken in');
select is((select c.outcome || ' ' || c.status from public.call_logs c, web w where c.id = w.id), 'missed ended', 'missed');
select is(pg_temp.rows('public.contacts'), (select n from contacts_before), 'no contact');
select is(pg_temp.rows('public.notifications'), 0::bigint, 'no alarm');
select * from finish();
rollback;
