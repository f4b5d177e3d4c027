begin;
\ir ../messages.psql
select plan(11);
insert into public.audit_log (org_id, id, action, entity, entity_id, actor_user_id, at) values
  (:'lakeside', pg_temp.call('01'), 'transcript_read', 'call', :'call1', 'a0000000-0000-7000-8000-0000000000e4', pg_temp.t('03 23:59:59')),
  (:'lakeside', pg_temp.call('02'), 'call_deleted', 'call', :'call2', 'a0000000-0000-7000-8000-0000000000ef', pg_temp.t('04 00:00')),
  ('b0000000-0000-7000-8000-000000000001', pg_temp.call('03'), 'call_deleted', 'call', :'call_b', null, pg_temp.t('04 00:00'));
update public.profiles set name = 'Vera Quill', email = 'viewer@patients.example' where role = 'viewer';
create function pg_temp.listed(
  p_page integer default 1, p_limit integer default 20, p_from date default null, p_to date default null, p_action text default null,
  p_entity text default null, p_entity_id uuid default null, p_actor uuid default null
) returns text language sql as $$
  select string_agg(right(g.id::text, 2), ' ') || ' of ' || max(g.total)
  from app.list_audit_log(p_page, p_limit, p_from, p_to, p_action, p_entity, p_entity_id, p_actor) g
$$;
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.listed() $$, 'VX403', null, 'not for the staff');
select pg_temp.act_as('admin');
select is(pg_temp.listed(), '02 01 of 2', 'the newest first, of Lakeside');
select is(pg_temp.listed(2, 1), '01 of 2', 'a page');
select is(pg_temp.listed(p_from => '2030-03-04'), '02 of 1', 'from a day in Chicago');
select is(pg_temp.listed(p_to => '2030-03-03'), '01 of 1', 'until one');
select is(pg_temp.listed(p_action => 'transcript_read'), '01 of 1', 'what');
select is(pg_temp.listed(p_entity => 'contact'), null, 'to what');
select is(pg_temp.listed(p_entity_id => :'call2'), '02 of 1', 'to which');
select is(pg_temp.listed(p_actor => 'a0000000-0000-7000-8000-0000000000e4'), '01 of 1', 'by whom');
select is((select array_agg(concat_ws(' ', actor_name, actor_email)) from app.list_audit_log(1, 20)), array['', 'Vera Quill viewer@patients.example'], 'who that is');
select pg_temp.act_for('a');
select throws_ok($$ select pg_temp.listed() $$, '42501', null, 'nor for webhooks');
select * from finish();
rollback;
