-- What a clinic keeps no longer goes, the rows, numbers and states that audits and statistics need stay.
begin;
\ir ../messages.psql
select plan(22);
create function pg_temp.words() returns text language sql security definer as $$
  select (select count(*) from public.call_logs c where c::text like '%zanzibar%') || ' calls '
    || (select count(*) from public.caller_messages m where m::text like '%zanzibar%') || ' left '
    || (select count(*) from public.messages m where m::text like '%zanzibar%') || ' sent'
$$;
create function pg_temp.audited() returns text language sql security definer as $$
  select coalesce(string_agg(action || ' ' || entity, ', ' order by action), '') from public.audit_log where action like '%_expired'
$$;
grant execute on function pg_temp.words, pg_temp.audited to public;
select pg_temp.act_for('a');
select app.record_call_report(:'call1', null, null, 60, 'customer-ended-call', 'zanzibar-lilac', '[{"speaker": "caller", "text": "zanzibar-lilac, it hurts"}]', 5, false, '{}'),
  app.take_message(:'call1', 'm1', 'zanzibar-lilac', 'Jo Quillby', '+13125550111');
select pg_temp.send('confirmation', 'k1'), pg_temp.send('code', 'k2', p_hand_over => false);
select app.finish_message((pg_temp.message('k1')).id, 'sent', 'SM1');
select pg_temp.owner($$ update public.call_logs set started_at = app.now() where vapi_call_id = 'call-1';
  insert into public.call_logs (org_id, vapi_call_id, direction, status, summary, started_at, transcript_state)
  values ('b0000000-0000-7000-8000-000000000001', 'other', 'inbound', 'ended', 'zanzibar-lilac', '2030-01-01', 'stored') $$);
select is(pg_temp.words(), '2 calls 1 left 2 sent', 'words');
select is(app.apply_retention(100), 0::bigint, 'are kept as long as nobody says otherwise');
select is(pg_temp.audited(), '', 'nothing went, nothing is written');
select pg_temp.owner(format('update public.organizations set keep_transcripts_for = %L, keep_messages_for = %L where id = %L', '2 days', '3 days', :'lakeside'));
select pg_temp.clock('06 07:59');
select is(app.apply_retention(100), 0::bigint, 'nor before their time');
select pg_temp.clock('06 08:00');
select is(app.apply_retention(100), 2::bigint, 'a call and what was left');
select is(pg_temp.words(), '1 calls 0 left 2 sent', 'have no words; another clinic''s has');
select results_eq($$ select summary, summary_source, sentiment, urgency, transcript::text, transcript_state, outcome, duration_seconds, cost_micros, from_number, lead_score from public.call_logs where vapi_call_id = 'call-1' $$,
  $$ values (null::text, null::text, null::text, null::text, '[]', 'none', 'answered', 60, 5::bigint, '+13125550111', 35) $$, 'what is counted stays');
select is((select concat_ws(' ', caller_name, callback_number, body) from public.caller_messages), '[expired]', 'nor whom to call back');
select is(pg_temp.audited(), 'words_expired organization', 'audited');
select is(app.record_call_report(:'call1', null, null, 60, null, 'zanzibar-lilac', '[{"speaker": "caller", "text": "zanzibar-lilac"}]', null, false, '{}'), 'none', 'a late report');
select is(pg_temp.words(), '1 calls 0 left 2 sent', 'brings nothing back');
select is(app.apply_retention(100), 0::bigint, 'once');
select pg_temp.clock('07 08:01');
select is(app.apply_retention(100), 1::bigint, 'a message');
select is((select recipient || ' ' || content || ' ' || status || ' ' || external_message_id from public.messages where send_key = 'k1'), '+13125550199 [expired] sent SM1', 'of which the trail stays');
select is((select content from public.messages where send_key = 'k2'), 'zanzibar-lilac', 'what may still leave keeps its words');
select is(pg_temp.audited(), 'messages_expired organization, words_expired organization', 'audited');
select is((select count(*) from public.audit_log where action like '%_expired' and (entity_id <> app.current_org_id() or actor_user_id is not null)), 0::bigint, 'by nobody');

-- A few at a time.
select pg_temp.owner($$ insert into public.call_logs (org_id, vapi_call_id, direction, status, summary, started_at, transcript_state)
  select 'a0000000-0000-7000-8000-000000000001', 'old-' || i, 'inbound', 'ended', 'zanzibar-lilac', '2030-02-01', 'stored' from generate_series(1, 5) i $$);
select is(app.apply_retention(2), 2::bigint, 'two');
select is(app.apply_retention(2) + app.apply_retention(2) + app.apply_retention(2), 3::bigint, 'and the others');
select pg_temp.act_as('owner');
select throws_ok('select app.apply_retention(1)', '42501', null, 'a job''s business');
reset role;
select is((select count(*) from app.orgs_with_retention()), 2::bigint, 'everybody has their turn');
select is((select count(*) from public.call_logs where summary = 'zanzibar-lilac'), 1::bigint, 'another clinic keeps its own');
select * from finish();
rollback;
