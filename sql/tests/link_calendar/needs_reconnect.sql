-- A calendar of an account that must be connected again waits for people, as its others do.
begin;
\ir ../calendars.psql
select plan(5);

select pg_temp.act_for('a');
select is(app.note_grant_revoked('google_calendar', 1), true, 'the grant is gone');
select pg_temp.act_as('owner');
select isnt(app.link_calendar('google', :'blake', 'blake', 'Blake', 'America/Chicago', true), null, 'linked nevertheless');
select is((select string_agg(h.resource_name || ' ' || h.health || ' ' || coalesce(h.error_code, '-'), ', ' order by h.resource_name) from app.calendar_health() h),
  'Blake Reed needs_reconnect grant_revoked, Dr. Avery Stone needs_reconnect grant_revoked', 'both wait');
select is(pg_temp.jobs('pull_calendar'), 0::bigint, 'nothing is read');
select pg_temp.begin('s1');
select pg_temp.take('s1');
select pg_temp.act_for('a');
select pg_temp.park('s1');
select pg_temp.act_as('owner');
select app.confirm_grant(pg_temp.state('s1'));
select is((select count(*) from app.calendar_health() h where h.health = 'ok'), 2::bigint, 'until somebody consents again');

select * from finish();
rollback;
