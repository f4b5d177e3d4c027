-- Each category has its own; none eats another's.
begin;
\ir ../messages.psql
select plan(36);
select pg_temp.act_for('a');
select is(pg_temp.send('follow_up', 'f1'), 'send', 'one follow-up');
select is(pg_temp.send('follow_up', 'f2'), 'blocked too_soon 04 09:00', 'an hour');
select is((select reason || ' ' || coalesce(send_key, 'no key') from public.messages where status = 'blocked'), 'too_soon no key', 'the row says why');
select is(pg_temp.send('follow_up', 'f3'), 'blocked too_soon 04 09:00', 'again');
select is((select count(*) from public.messages where status = 'blocked'), 1::bigint, 'once a minute is enough');
select is(pg_temp.send('follow_up', 'f4', p_contact => 'd2', p_recipient => '+13125550199'), 'blocked too_soon 04 09:00', 'the number counts, whoever''s it is');
select is(pg_temp.send('follow_up', 'f5', p_recipient => '+13125550177'), 'blocked too_soon 04 09:00', 'and the contact, at whatever number');
select pg_temp.clock('04 08:02');
select is(pg_temp.send('follow_up', 'f6'), 'blocked too_soon 04 09:00', 'two minutes later');
select is((select count(*) from public.messages where status = 'blocked' and contact_id = :'nora' and recipient = '+13125550199'), 2::bigint, 'is another row');
select pg_temp.owner($$ update public.organizations set follow_up_window = '2 minutes' $$);
select is(pg_temp.send('follow_up', 'f7'), 'send', 'the clinic''s own window');

select is(pg_temp.send('code', 'c1') || pg_temp.send('code', 'c2') || pg_temp.send('code', 'c3'), 'sendsendsend', 'three codes');
select is(pg_temp.send('code', 'c4'), 'blocked too_many_codes 04 09:02', 'an hour');
select pg_temp.clock('04 09:02');
select is(pg_temp.send('code', 'c5'), 'send', 'and again');

select is(pg_temp.send('reminder', 'r1'), 'send', 'one reminder');
select is(pg_temp.send('reminder', 'r2'), 'blocked reminder_limit 05 00:00', 'a day');
select pg_temp.clock('05 08:00');
select is(pg_temp.send('reminder', 'r3'), 'send', 'the next day');
select pg_temp.clock('06 08:00');
select is(pg_temp.send('reminder', 'r4'), 'send', 'and the next');
select pg_temp.clock('07 08:00');
select is(pg_temp.send('reminder', 'r5'), 'blocked reminder_limit 11 10:02', 'three in seven days, of 24 hours: the clock was set forward on the 10th');
select pg_temp.clock('11 10:02');
select is(pg_temp.send('reminder', 'r6'), 'send', 'and again');

select is(pg_temp.send('marketing', 'm1'), 'blocked no_consent', 'nobody agreed to marketing');
select pg_temp.owner($$ update public.contacts set marketing_consent_at = app.now() where phone = '+13125550199' and org_id = 'a0000000-0000-7000-8000-000000000001' $$);
select is(pg_temp.send('marketing', 'm2'), 'send', 'with consent');
select is(pg_temp.send('marketing', 'm3'), 'blocked too_soon 12 00:00', 'once a day');

select is((select count(*) from generate_series(1, 10) n where pg_temp.send('reply', 'a' || n) = 'send'), 10::bigint, 'ten replies');
select is(pg_temp.send('reply', 'a11'), 'blocked too_soon 11 11:02', 'an hour');
select is(pg_temp.send('confirmation', 'b1'), 'send', 'confirmations go on');

select is(pg_temp.send('follow_up', 'e1', ' '), 'blocked empty', 'nothing to say');
select is(pg_temp.send('follow_up', 'e2', repeat('a', 161)), 'blocked too_long', 'a follow-up of 161');
select is(pg_temp.send('follow_up', 'e3', repeat('a', 160)), 'send', 'of 160');
select is(pg_temp.send('confirmation', 'e4', repeat('a', 481)), 'blocked too_long', 'a confirmation of 481');
select is(pg_temp.send('confirmation', 'e5', repeat('a', 480)), 'send', 'of 480');
select is(pg_temp.send('confirmation', 'e6', repeat('a', 481), 'email'), 'send', 'an e-mail may be longer');
select is(pg_temp.send('confirmation', 'e7', p_method => 'email', p_contact => 'd2'), 'blocked no_recipient', 'no address');
select is((select message_id from app.begin_message('confirmation', 'email', 'x', 'e8', 'a0000000-0000-7000-8000-0000000000d2', 'twilio')), null, 'leaves no row');
select throws_ok($$ select app.message_limit_reason('code', null, '\x00', app.now()) $$, '42501', null, 'inner');
select pg_temp.act_for('b');
select is((select outcome from app.begin_message('follow_up', 'sms', 'x', 'f1', 'b0000000-0000-7000-8000-0000000000d1', 'twilio')), 'send', 'another clinic''s count is its own, its keys too');
select is((select count(*) from public.messages), 1::bigint, 'and it sees only its own');
select * from finish();
rollback;
