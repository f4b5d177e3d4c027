begin;
\ir ../messages.psql
select plan(3);
insert into public.contacts (org_id, id, name, lead_status, lead_score, last_contacted_at, erased_at) values
  (:'lakeside', pg_temp.call('d3'), null, 'warm', 95, pg_temp.t('04 07:00'), null),
  (:'lakeside', pg_temp.call('d4'), null, 'hot', 80, pg_temp.t('04 06:00'), null),
  (:'lakeside', pg_temp.call('d5'), null, 'hot', 80, pg_temp.t('04 07:00'), null),
  (:'lakeside', pg_temp.call('d6'), null, 'hot', 90, null, null),
  (:'lakeside', pg_temp.call('d7'), null, 'hot', 99, null, app.now()),
  (:'lakeside', pg_temp.call('d8'), null, 'booked', 99, null, null);
update public.call_logs set contact_id = pg_temp.call('d5'), summary = 'zanzibar-lilac', created_at = pg_temp.t('04 06:00') where id = :'call1';
update public.call_logs set contact_id = pg_temp.call('d5'), created_at = pg_temp.t('04 07:00') where id = :'call2';
select pg_temp.act_as('viewer');
select is((select array_agg(right(id::text, 2)) from app.list_leads(10)), '{d6,d5,d4,d3}', 'hot before warm, by score, by how lately');
select is((select array_agg(right(id::text, 2)) from app.list_leads(2)), '{d6,d5}', 'the first ones');
select is((select last_call_summary from app.list_leads(10) where id = pg_temp.call('d5')), 'zanzibar-lilac', 'the last call that has a summary');
select * from finish();
rollback;
