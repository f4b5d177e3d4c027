begin;
\ir ../inside.psql
select plan(9);

select pg_temp.act_inside('a');
select is(app.starting_status(:'avery', app.now(), false), 'confirmed', 'confirmed');
select pg_temp.owner($$ insert into public.calendar_links (org_id, resource_id, provider, external_calendar_id) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000031', 'google', 'avery') $$);
select is(app.starting_status(:'avery', app.now(), false), 'pending', 'a calendar that was never read');
select is(app.starting_status(:'blake', app.now(), false), 'confirmed', 'is Avery''s only');
select is(app.starting_status(:'avery', app.now(), true), 'confirmed', 'an override does not ask it');
select pg_temp.owner($$ update public.calendar_links set last_synced_at = '2030-03-04 13:45+00' $$);
select is(app.starting_status(:'avery', app.now(), false), 'confirmed', 'read a quarter of an hour ago');
select is(app.starting_status(:'avery', app.now() + interval '1 second', false), 'pending', 'and longer ago');
select pg_temp.owner($$ update public.organizations set approval_required = true $$);
select is(app.starting_status(:'blake', app.now(), false), 'pending', 'where the clinic approves');
select is(app.starting_status(:'blake', app.now(), true), 'confirmed', 'an override is the approval');
select pg_temp.act_inside('b');
select is(app.starting_status(:'blake', app.now(), false), null, 'another tenant''s resource');

select * from finish();
rollback;
