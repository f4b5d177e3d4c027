-- Workers are told of what is due, in every clinic, and of nobody who left or must connect again.
begin;
\ir ../calendars.psql
select plan(20);

create function pg_temp.due(p_door text) returns text language plpgsql as $$
declare
  v_found text;
begin
  set local role voxanne_login;
  execute format('select string_agg(right(id::text, 2), '','' order by id) from app.%I(10)', p_door) into v_found;
  reset role;
  return coalesce(v_found, '');
end
$$;
select is(pg_temp.due('links_to_pull'), '71', 'never read');
select is(pg_temp.due('channels_to_renew'), '71', 'no channel');
select pg_temp.act_for('a');
select pg_temp.pull();
reset role;
select is(pg_temp.due('links_to_pull'), '', 'being read');
select pg_temp.wait('11 minutes');
select is(pg_temp.due('links_to_pull'), '71', 'its worker died');
select pg_temp.act_for('a');
select pg_temp.pull(2);
select pg_temp.apply(p_lease => 2);
reset role;
select is(pg_temp.due('links_to_pull'), '', 'read');
select pg_temp.wait('10 minutes');
select is(pg_temp.due('links_to_pull'), '71', 'the net');

select pg_temp.act_for('a');
select is((select outcome from app.take_channel(:'link')), 'open', 'a channel is opened');
select is((select outcome from app.take_channel(:'link')), 'not_due', 'by one');
reset role;
select is(pg_temp.due('channels_to_renew'), '', 'by one worker');
select pg_temp.act_for('a');
select is(app.note_channel(:'link', 'channel-1', 'resource-1', sha256('test-secret-channel'), app.now() + interval '6 days'), true, 'it is open');
select pg_temp.wait('2 days 23 hours');
select is((select outcome from app.take_channel(:'link')), 'not_due', 'in its first half');
reset role;
select is((select right(id::text, 2) from app.find_channel('channel-1', sha256('test-secret-channel'))), '71', 'a push finds it');
select is((select count(*) from app.find_channel('channel-1', sha256('test-secret-other'))), 0::bigint, 'not with another secret');
select is((select count(*) from app.find_channel('channel-2', sha256('test-secret-channel'))), 0::bigint, 'nor another channel');
select pg_temp.wait('1 hour');
select is(pg_temp.due('channels_to_renew'), '71', 'half its life is over');
select pg_temp.act_for('a');
select is((select outcome || ' ' || channel_id || ' ' || channel_resource_id from app.take_channel(:'link')), 'open channel-1 resource-1', 'which it has');
select is(app.lose_channel(:'link', 'channel-0'), false, 'a former one ended');
select is(app.lose_channel(:'link', 'channel-1'), true, 'this one ended');
select app.note_grant_revoked('google_calendar', 1);
reset role;
select is(pg_temp.due('links_to_pull') || pg_temp.due('channels_to_renew'), '', 'people must connect again first');
set local role tenant_service;
select throws_ok($$ select app.links_to_pull(1) $$, '42501', null, 'crossing tenants is not for jobs');

select * from finish();
rollback;
