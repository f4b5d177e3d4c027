begin;
\ir ../messages.psql
select plan(18);
insert into public.notifications (org_id, id, kind, title, entity, entity_id, created_at) values
  (:'lakeside', pg_temp.call('01'), 'missed_call', 'A call was missed', 'call', :'call1', pg_temp.t('04 01:00')),
  (:'lakeside', pg_temp.call('02'), 'message_failed', 'A message failed', 'message', pg_temp.call('09'), pg_temp.t('04 02:00')),
  (:'lakeside', pg_temp.call('03'), 'missed_call', 'A call was missed', 'call', :'call2', pg_temp.t('04 03:00')),
  ('b0000000-0000-7000-8000-000000000001', pg_temp.call('04'), 'missed_call', 'A call was missed', 'call', :'call_b', pg_temp.t('04 04:00'));
create function pg_temp.listed(p_page integer default 1, p_limit integer default 20, p_unread boolean default null, p_kind text default null)
returns text language sql as $$
  select string_agg(right(n.id::text, 2), ' ') || ' of ' || max(n.total) from app.list_notifications(p_page, p_limit, p_unread, p_kind) n
$$;
select pg_temp.act_as('viewer');
select is(pg_temp.listed(), '03 02 01 of 3', 'the newest first, of Lakeside');
select is(pg_temp.listed(2, 2), '01 of 3', 'a page');
select is(pg_temp.listed(p_kind => 'missed_call'), '03 01 of 2', 'of a kind');
select is(app.count_unread_notifications(), 3::bigint, 'all unread');
select throws_ok($$ select app.read_notification('a0000000-0000-7000-8000-000000000001') $$, 'VX403', null, 'viewers only look');
select throws_ok($$ select app.read_all_notifications() $$, 'VX403', null, 'at all of them');
select throws_ok($$ select app.delete_notification('a0000000-0000-7000-8000-000000000001') $$, 'VX403', null, 'and remove none');
select pg_temp.act_as('staff');
select is((select read_at from app.read_notification(pg_temp.call('02'))), pg_temp.t('04 08:00'), 'read');
select pg_temp.clock('04 09:00');
select is((select read_at from app.read_notification(pg_temp.call('02'))), pg_temp.t('04 08:00'), 'once');
select is(pg_temp.listed(p_unread => true), '03 01 of 2', 'unread');
select is(pg_temp.listed(p_unread => false), '02 of 1', 'read');
select throws_ok($$ select app.read_notification(pg_temp.call('04')) $$, 'VX404', null, 'another clinic''s');
select throws_ok($$ select app.delete_notification(pg_temp.call('04')) $$, 'VX404', null, 'is not removed either');
select lives_ok($$ select app.delete_notification(pg_temp.call('03')) $$, 'removed');
select is(app.read_all_notifications(), 1::bigint, 'the rest');
select is(app.count_unread_notifications(), 0::bigint, 'is read');
select pg_temp.act_for('b');
select is((select read_at from public.notifications), null, 'not of the other clinic');
select throws_ok($$ select pg_temp.listed() $$, '42501', null, 'webhooks look at no lists');
select * from finish();
rollback;
