-- STOP and its like bind the number; CANCEL cancels nothing; the carrier answers, not we.
begin;
\ir ../texting.psql
select plan(23);

select pg_temp.visit('05 10:00');
select pg_temp.act_for('a');
select is(pg_temp.text('CANCEL'), 'opted_out', 'CANCEL is the carriers'' word');
select is(pg_temp.stand(), '05 confirmed', 'and cancels nothing');
select is(pg_temp.told(), 'opted_out_before_visit contact', 'staff hear that reminders will not arrive');
select is(pg_temp.answer(), null, 'no answer of ours');
select is((select source || ' ' || channel from public.opt_outs where revoked_at is null), 'reply sms', 'kept by number');
select is(pg_temp.text('stop'), 'opted_out', 'said again');
select is(pg_temp.told(), 'opted_out_before_visit contact', 'staff hear it once');
select is(pg_temp.text('X'), 'stored', 'we cannot ask back');
select is((select count(*) from public.reply_questions), 0::bigint, 'so nothing is asked');
select is(pg_temp.text('YES'), 'opted_in', 'YES from somebody who opted out');
select is(pg_temp.stand(), '05 confirmed', 'confirms nothing');
select is((select count(*) from public.opt_outs where revoked_at is null), 0::bigint, 'is an opt-in');
select is(pg_temp.text('YES'), 'confirmed', 'the second YES confirms');

select is(pg_temp.text('START'), 'opted_in', 'START is no wish of another kind');
select is(pg_temp.text('X'), 'asked', 'a question');
select is(pg_temp.text('Please stop texting me'), 'opted_out', 'before it is answered: stop');
select is(pg_temp.text('UNSTOP'), 'opted_in', 'and back');
select is(pg_temp.text('1'), 'stored', 'the question is gone');
select is(pg_temp.stand(), '05 confirmed C', 'the visit stands');

select is(pg_temp.text('END', '+13125550177'), 'opted_out', 'a stranger''s word counts');
select is((select count(*) from public.opt_outs where phone = '+13125550177' and revoked_at is null), 1::bigint, 'kept by number');
select is(pg_temp.text('so long', '+13125550178', p_carrier => 'STOP'), 'opted_out', 'what the carrier read counts');
select is(pg_temp.told(), 'opted_out_before_visit contact, message_received contact, visit_confirmed appointment, opted_out_before_visit contact', 'without a visit ahead staff hear nothing');
select * from finish();
rollback;
