begin;
\ir ../messages.psql
select plan(16);
insert into public.messages (org_id, id, direction, method, category, recipient, subject, content, status, contact_id, created_at) values
  (:'lakeside', pg_temp.call('01'), 'outbound', 'sms', 'reminder', '+13125550199', null, 'zanzibar-lilac', 'delivered', :'nora', pg_temp.t('03 23:59:59')),
  (:'lakeside', pg_temp.call('02'), 'inbound', 'sms', 'reply', '+13125550199', null, 'YES', 'delivered', :'nora', pg_temp.t('04 00:00')),
  (:'lakeside', pg_temp.call('03'), 'outbound', 'email', 'confirmation', 'otis@patients.example', 'Your 50% visit', 'zanzibar-lilac', 'failed', null, pg_temp.t('04 01:00')),
  ('b0000000-0000-7000-8000-000000000001', pg_temp.call('04'), 'outbound', 'sms', 'reminder', '+13125550199', null, 'zanzibar-lilac', 'sent', null, pg_temp.t('04 01:00'));
create function pg_temp.listed(
  p_page integer default 1, p_limit integer default 20, p_from date default null, p_to date default null, p_direction text default null,
  p_method text default null, p_category text default null, p_status text default null, p_contact uuid default null, p_search text default null
) returns text language sql as $$
  select string_agg(right(m.id::text, 2), ' ') || ' of ' || max(m.total)
  from app.list_messages(p_page, p_limit, p_from, p_to, p_direction, p_method, p_category, p_status, p_contact, p_search) m
$$;
select pg_temp.act_as('viewer');
select is(pg_temp.listed(), '03 02 01 of 3', 'the newest first, of Lakeside');
select is(pg_temp.listed(2, 2), '01 of 3', 'a page');
select is(pg_temp.listed(3, 2), null, 'behind the last');
select is(pg_temp.listed(p_from => '2030-03-04'), '03 02 of 2', 'from a day in Chicago');
select is(pg_temp.listed(p_to => '2030-03-03'), '01 of 1', 'until one');
select is(pg_temp.listed(p_direction => 'inbound'), '02 of 1', 'received');
select is(pg_temp.listed(p_method => 'email'), '03 of 1', 'by e-mail');
select is(pg_temp.listed(p_category => 'reminder'), '01 of 1', 'reminders');
select is(pg_temp.listed(p_status => 'failed'), '03 of 1', 'failed');
select is(pg_temp.listed(p_contact => :'nora'), '02 01 of 2', 'a contact''s');
select is(pg_temp.listed(p_search => 'ZANZIBAR'), '03 01 of 2', 'by a word');
select is(pg_temp.listed(p_search => 'otis@'), '03 of 1', 'by an address');
select is(pg_temp.listed(p_search => '0% v'), '03 of 1', 'no wildcards');
select is((select contact_name from app.list_messages(2, 1)), 'Nora Quillfeather', 'with whom');
select throws_ok($$ select pg_temp.listed(p_from => '2030-03-05', p_to => '2030-03-04') $$, 'VX400', null, 'in order');
select pg_temp.act_for('a');
select throws_ok($$ select pg_temp.listed() $$, '42501', null, 'webhooks look at no lists');
select * from finish();
rollback;
