-- Lakeside's family is at +13125550111 (call-1). Nobody is at +13125550133 (call-3); call-2 has no number.
begin;
\ir ../scheduled.psql
reset role;
delete from public.contacts;
\ir ../family.psql
select plan(28);
create function pg_temp.ask(p_call text, p_number text default null) returns text language sql as $$
  select app.request_code(pg_temp.call(p_call), p_number)
$$;
-- sent(): to how many a code goes, all in all.
create function pg_temp.sent() returns bigint language sql security definer as $$
  select count(*) from public.scheduled_messages where kind = 'code'
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');

select is(pg_temp.ask('c1'), 'maybe_sent', 'the number that calls');
select is(pg_temp.sent(), 1::bigint, 'is known: a code goes out');
select is(pg_temp.planned(), '{"code 04 08:00"}', 'at once');
select is(pg_temp.jobs(), '{"04 08:00"}', 'by a job');
select is(pg_temp.ask('c3', '+13125550111'), 'maybe_sent', 'another number that is said');
select is(pg_temp.sent(), 2::bigint, 'is known too');
select is(pg_temp.ask('c3'), 'maybe_sent', 'a calling number that nobody has');
select is(pg_temp.ask('c3', '+442079460111'), 'maybe_sent', 'the number of another clinic''s patient');
select is(pg_temp.ask('c2'), 'maybe_sent', 'no number at all');
select is(pg_temp.sent(), 2::bigint, 'nothing goes out, the answer is the same');
select is(pg_temp.ask('c3', '+13125550111'), 'locked', 'three asks in a call');
select is(pg_temp.ask('c2', '+13125550198') || pg_temp.ask('c2', '+13125550198') || pg_temp.ask('c2', '+13125550198'), 'maybe_sentmaybe_sentlocked', 'also where nobody is');

create temp table sent as select b.* from pg_temp.take('code') b;
select is((select text from sent), 'Lakeside Dental: your code is [code], good for 10 minutes. Tell it only to the receptionist you are talking to.', 'the text');
select results_eq('select outcome, category, phone, spoken, email, code_subjects, code_versions from sent',
  $$ select 'send', 'code', '+13125550111', false, null::text, array[code_id], '{1}'::integer[] from public.scheduled_messages order by id desc limit 1 $$, 'of the number on file');
select pg_temp.clock('04 08:11');
select is((pg_temp.take('code')).outcome, 'nothing', 'after ten minutes it is not sent');
select is(pg_temp.planned('skipped'), '{"code 04 08:00 too_late"}', 'but skipped');

-- Three an hour for the contact, over all calls.
select pg_temp.owner($$ insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number)
  select 'a0000000-0000-7000-8000-000000000001', ('a0000000-0000-7000-8000-0000000000c' || n)::uuid, 'call-' || n, 'a0000000-0000-7000-8000-000000000010', 'inbound', '+1312555014' || n
  from generate_series(4, 7) n $$);
select is(pg_temp.ask('c4', '+13125550111'), 'maybe_sent', 'a third');
select is(pg_temp.sent(), 3::bigint, 'goes out');
select is(pg_temp.ask('c5', '+13125550111'), 'maybe_sent', 'a fourth is answered the same');
select is(pg_temp.sent(), 3::bigint, 'and goes nowhere');
select pg_temp.clock('04 09:01');
select is(pg_temp.ask('c6', '+13125550111'), 'maybe_sent', 'when the first is an hour old');
select is(pg_temp.sent(), 4::bigint, 'one more');

-- Somebody whom only this call introduced needs no code.
select pg_temp.book('05 14:00', 'Ann Quillby', 'c7');
select is(pg_temp.ask('c7'), 'maybe_sent', 'a new caller');
select is(pg_temp.sent(), 4::bigint, 'is sent none');

select throws_ok($$ select pg_temp.ask('ff') $$, 'VX404', null, 'no such call');
select throws_ok(format('select app.request_code(%L)', 'b0000000-0000-7000-8000-0000000000c1'), 'VX404', null, 'another clinic''s call');
select pg_temp.act_for('b');
select is(app.request_code('b0000000-0000-7000-8000-0000000000c1', '+13125550111'), 'maybe_sent', 'another clinic');
select is(pg_temp.sent(), 4::bigint, 'does not reach Lakeside''s patients');
select * from finish();
rollback;
