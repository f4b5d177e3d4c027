-- A disconnected account is forgotten at once; its tokens stay until they are given back to the provider, and no longer.
begin;
\ir ../calendars.psql
select plan(15);

select pg_temp.act_as('staff');
select throws_ok($$ select * from app.disconnect_calendar('google_calendar') $$, 'VX403', null, 'not by staff');
select pg_temp.act_as('owner');
select throws_ok($$ select * from app.disconnect_calendar('twilio') $$, 'VX400', null, 'calendars only');
select throws_ok($$ select app.remove_credential('google_calendar') $$, 'VX400', null, 'and calendars by no other door');
select throws_ok($$ select app.remove_credential('outlook') $$, 'VX400', null, 'neither of them');
create temporary table gone as select * from app.disconnect_calendar('google_calendar');
select is((select convert_from(ciphertext, 'utf8') || shared || coalesce(grant_id::text, ' none') from gone),
  (select 'test-secret-1false' || grant_id from gone), 'what was taken away');
select is(pg_temp.rows('public.org_credentials') + pg_temp.rows('public.calendar_links'), 0::bigint, 'it is gone here');
select throws_ok($$ select * from app.confirm_grant((select grant_id from gone)) $$, 'VX404', null, 'and does not come back by being confirmed');
grant select on gone to public;
select pg_temp.act_for('a');
select is((select count(*) from app.take_old_grants()), 0::bigint, 'whoever disconnected has two minutes to give it back');
select pg_temp.wait('2 minutes');
select is((select convert_from(o.ciphertext, 'utf8') || o.shared from app.take_old_grants() o), 'test-secret-1false', 'then the sweep does');
select is(app.drop_grant((select grant_id from gone)), true, 'it was given back');
select is(pg_temp.rows('public.oauth_states'), 0::bigint, 'and nothing is left');

-- While another consent of the same account waits, it is shared; when that has gone, it is not.
select pg_temp.act_as('owner');
select pg_temp.begin('s1'), pg_temp.begin('s2');
select pg_temp.take('s1'), pg_temp.take('s2');
select pg_temp.act_for('a');
select pg_temp.park('s1'), pg_temp.park('s2');
select pg_temp.act_as('owner');
select is((select provider from app.confirm_grant(pg_temp.state('s1'))), 'google_calendar', 'connected again');
select is((select shared from app.disconnect_calendar('google_calendar')), true, 'the other consent uses the account');
select is(app.refuse_grant(pg_temp.state('s2')), true, 'it is refused');
select pg_temp.act_for('a');
select pg_temp.wait('3 minutes');
select is((select string_agg(o.shared::text, ',') from app.take_old_grants() o), 'false,false', 'the sweep looks again');

select * from finish();
rollback;
