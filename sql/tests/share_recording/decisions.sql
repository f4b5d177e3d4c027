-- A link is made where there is something to hear, by staff, and with an e-mail its row stands first.
begin;
\ir ../recordings.psql
select plan(20);
select pg_temp.act_for('a');
select pg_temp.reported(:'call3', true);
select pg_temp.keep(:'call1');
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.share('t0') $$, 'VX403', null, 'viewers share nothing');
select pg_temp.act_as('staff');
select is(pg_temp.share('t0', p_call => :'call2'), 'no_recording', 'none');
select is(pg_temp.share('t0', p_call => :'call3'), 'not_ready', 'not yet');
select throws_ok($$ select pg_temp.share('t0', 'ear@patients.example', p_call => 'b0000000-0000-7000-8000-0000000000c1') $$, 'VX404', 'Call not found', 'another clinic''s');
select is((select count(*) from public.messages) + (select count(*) from public.recording_shares), 0::bigint, 'leaves no link and no row');
select is(pg_temp.share('t1'), 'shared', 'a link for the member');
select is((select concat_ws(' ', recipient, message_id, expires_at - created_at) from public.recording_shares), '1 day', 'for a day');
select is(pg_temp.share('t2', 'ear@patients.example'), 'send queued', 'by e-mail');
select is((select concat_ws(' ', method, category, recipient, content, status, service_provider, contact_id) from public.messages),
  'email share ear@patients.example Listen: [link] queued resend', 'its row');
select is(pg_temp.share('t3', 'ear@patients.example'), 'replayed queued', 'the same wish');
select is((select count(*) from public.recording_shares), 2::bigint, 'makes no other link');
select is(pg_temp.share('t4', 'NORA@patients.example', 'k2'), 'send queued', 'to the patient');
select is((select contact_id from public.messages where recipient = 'NORA@patients.example'), :'nora'::uuid, 'whose erasure blanks it');
select pg_temp.owner($$ update public.contacts set email = null $$);
select app.opt_out('email', 'out@patients.example', 'staff');
select is(pg_temp.share('t5', 'out@patients.example', 'k3'), 'blocked opted_out blocked', 'who wants no e-mail');
select is((select count(*) from public.recording_shares where recipient = 'out@patients.example'), 0::bigint, 'gets no link');
select is((select string_agg(concat_ws(' ', action, right(entity_id::text, 2), request_id), ', ') from (select * from public.audit_log where action = 'recording_shared' limit 1) a), 'recording_shared c1 req-1', 'audited');
select throws_ok($$ select token_hash from public.recording_shares $$, '42501', null, 'not even the hash is read');
select is((select count(*) from generate_series(1, 47) n where pg_temp.share('n' || n) = 'shared'), 47::bigint, 'fifty in an hour');
select is(pg_temp.share('t6'), 'blocked too_many_shares', 'not more');
select pg_temp.clock('04 09:00:01');
select is(pg_temp.share('t6'), 'shared', 'an hour later');
select * from finish();
rollback;
