-- A feed has a name for its own clinic while it is open.
begin;
\ir ../calendars.psql
select plan(4);

select pg_temp.act_as('owner');
select isnt(app.add_feed(:'avery', sha256('test-secret-feed')), null, 'opened');
select pg_temp.act_for('a');
select is(app.feed_name(sha256('test-secret-feed')), (
  select r.name || ' – ' || o.name from public.resources r join public.organizations o on o.id = r.org_id where r.id = :'avery'), 'resource and clinic');
select pg_temp.act_for('b');
select is(app.feed_name(sha256('test-secret-feed')), null, 'not for another clinic');
reset role;
update public.calendar_feeds set revoked_at = app.now();
select pg_temp.act_for('a');
select is(app.feed_name(sha256('test-secret-feed')), null, 'closed, it has none');

select * from finish();
rollback;
