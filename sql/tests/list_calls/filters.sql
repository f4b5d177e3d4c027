-- Lakeside's three calls of the fixture, given a past; the other clinic's never shows.
begin;
\ir ../messages.psql
select plan(33);
create function pg_temp.listed(
  p_page integer default 1, p_limit integer default 20, p_from date default null, p_to date default null, p_recent text default null,
  p_state text default null, p_direction text default null, p_contact uuid default null, p_search text default null,
  p_sentiment text default null, p_urgency text default null, p_outcome text default null
) returns text language sql as $$
  select string_agg(right(c.id::text, 2), ' ') || ' of ' || max(c.total)
  from app.list_calls(p_page, p_limit, p_from, p_to, p_recent, p_state, p_direction, p_contact, p_search, p_sentiment, p_urgency, p_outcome) c
$$;
update public.call_logs set started_at = pg_temp.t('03 23:59:59'), status = 'ended', outcome = 'missed', ended_reason = 'customer-busy', contact_id = :'nora' where id = :'call1';
update public.call_logs set started_at = pg_temp.t('04 00:00'), status = 'ended', outcome = 'missed', ended_reason = 'pipeline-error' where id = :'call2';
update public.call_logs set started_at = pg_temp.t('04 07:00'), direction = 'outbound', from_number = '+13125550100', to_number = '+13125550133' where id = :'call3';
update public.call_logs set sentiment = 'negative', sentiment_score = 0.1, sentiment_source = 'rules', urgency = 'high', urgency_source = 'rules' where id in (:'call1', :'call_b');
update public.call_logs set sentiment = 'neutral', sentiment_score = 0.5, sentiment_source = 'rules', urgency = 'high', urgency_source = 'rules' where id = :'call2';
insert into public.call_logs (org_id, id, vapi_call_id, direction, status, started_at, deleted_at)
values (:'lakeside', pg_temp.call('c9'), 'call-9', 'inbound', 'ended', pg_temp.t('04 07:30'), pg_temp.t('04 07:40'));
select pg_temp.act_as('viewer');
select is(pg_temp.listed(), 'c3 c2 c1 of 3', 'the newest first, without the deleted');
select is(pg_temp.listed(p_limit => 2), 'c3 c2 of 3', 'a page');
select is(pg_temp.listed(2, 2), 'c1 of 3', 'the next');
select is(pg_temp.listed(3, 2), null, 'behind the last');
select is(pg_temp.listed(p_from => '2030-03-04'), 'c3 c2 of 2', 'from the first second of a day in Chicago');
select is(pg_temp.listed(p_to => '2030-03-03'), 'c1 of 1', 'until its last');
select is(pg_temp.listed(p_recent => 'today'), 'c3 c2 of 2', 'today is the clinic''s');
select is(pg_temp.listed(p_recent => 'week'), 'c3 c2 c1 of 3', 'seven days');
select is(pg_temp.listed(p_recent => 'month'), 'c3 c2 c1 of 3', 'the month so far');
select is(pg_temp.listed(p_recent => 'today', p_to => '2030-03-03'), null, 'both hold');
select is(pg_temp.listed(p_state => 'missed'), 'c1 of 1', 'nobody spoke');
select is(pg_temp.listed(p_state => 'failed'), 'c2 of 1', 'something broke');
select is(pg_temp.listed(p_state => 'in_progress'), 'c3 of 1', 'goes on');
select is(pg_temp.listed(p_direction => 'outbound'), 'c3 of 1', 'ours');
select is(pg_temp.listed(p_sentiment => 'negative'), 'c1 of 1', 'whose caller sounded so');
select is(pg_temp.listed(p_urgency => 'high'), 'c2 c1 of 2', 'urgent ones');
select is(pg_temp.listed(p_urgency => 'high', p_sentiment => 'neutral', p_state => 'failed', p_search => '0122'), pg_temp.listed(p_state => 'failed', p_search => '0122'), 'all hold together');
select is(pg_temp.listed(p_urgency => 'low'), null, 'none of those');
select is(pg_temp.listed(p_outcome => 'missed'), 'c2 c1 of 2', 'of which nothing came');
select is(pg_temp.listed(p_outcome => 'booked'), null, 'or something else');
select is(pg_temp.listed(p_contact => :'nora'), 'c1 of 1', 'a contact''s');
select is(pg_temp.listed(p_search => ' QUILLF'), 'c1 of 1', 'by part of the name');
select is(pg_temp.listed(p_search => '555-0133'), 'c3 of 1', 'by part of the number on the other side');
select is(pg_temp.listed(p_search => '5550100'), null, 'our own number finds nothing');
select is(pg_temp.listed(p_search => '0312 555 0133'), 'c3 of 1', 'as it is dialled at home');
select is(pg_temp.listed(p_search => 'Room 3'), null, 'a digit among words is no number');
select is(pg_temp.listed(p_search => '%'), null, 'no wildcards');
select is(pg_temp.listed(p_search => '  '), 'c3 c2 c1 of 3', 'nothing asked for');
select is((select caller_name || phone_number from app.list_calls(1, 20, p_state => 'missed')), 'Nora Quillfeather+13125550111', 'who it was');
select throws_ok($$ select pg_temp.listed(p_from => '2030-03-05', p_to => '2030-03-04') $$, 'VX400', null, 'in order');
select throws_ok($$ select pg_temp.listed(p_from => '-infinity') $$, 'VX400', null, 'from a day that there is');
select pg_temp.owner($$
  insert into public.call_logs (org_id, vapi_call_id, direction) select 'a0000000-0000-7000-8000-000000000001', 'many-' || n, 'web' from generate_series(1, 50001) n $$);
select is((select total || ' ' || total_is_estimate from app.list_calls(1, 1)), '50000 true', 'who counts further, estimates');
select pg_temp.act_for('a');
select throws_ok($$ select pg_temp.listed() $$, '42501', null, 'webhooks look at no lists');
select * from finish();
rollback;
