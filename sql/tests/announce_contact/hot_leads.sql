-- A contact that becomes hot is announced as such, once; any change is announced as a change.
begin;
\ir ../booking.psql
select plan(6);
create function pg_temp.told() returns text language sql security definer as $$
  select string_agg(e.kind, ' ' order by e.id) from public.events e
$$;
select pg_temp.act_as('staff');
select lives_ok($$ select app.change_contact('a0000000-0000-7000-8000-0000000000d1', '{"lead_status": "warm"}') $$, 'warm');
select is(pg_temp.told(), 'contact_updated', 'is no alert');
select lives_ok($$ select app.change_contact('a0000000-0000-7000-8000-0000000000d1', '{"lead_status": "hot"}'),
  app.change_contact('a0000000-0000-7000-8000-0000000000d1', '{"notes": "zanzibar-lilac"}') $$, 'hot, and another change');
select is(pg_temp.told(), 'contact_updated contact_updated hot_lead_alert contact_updated', 'is one alert');
select lives_ok($$ select app.create_contact('{"name": "Ada Quill", "lead_status": "hot"}') $$, 'hot from the start');
select is(pg_temp.told(), 'contact_updated contact_updated hot_lead_alert contact_updated contact_updated hot_lead_alert', 'is an alert too');
select * from finish();
rollback;
