begin;
\ir ../messages.psql
select plan(15);
select pg_temp.act_for('a');
select is(app.opt_out('sms', '+13125550199', 'reply'), true, 'opted out');
select is(pg_temp.send(c, c || 1), 'blocked opted_out', c)
from unnest(array['confirmation', 'reminder', 'follow_up', 'marketing', 'code', 'reply']) c;
select is((select count(*) from public.messages where status = 'blocked' and reason = 'opted_out'), 6::bigint, 'each says so');
select is(pg_temp.send('confirmation', 'k2', p_method => 'email'), 'send', 'e-mail is another channel');
select is(pg_temp.send('confirmation', 'k3', p_contact => 'd2', p_recipient => '+13125550199'), 'blocked opted_out', 'the number counts, not the contact');
select app.opt_in('sms', '+13125550199', 'reply');
select is(pg_temp.send('confirmation', 'k4'), 'send', 'until it is taken back');
select app.opt_out('email', 'NORA@patients.example', 'reply');
select is(pg_temp.send('confirmation', 'k5', p_method => 'email'), 'blocked opted_out', 'an address in any case');
select is(pg_temp.send('follow_up', 'k6') || ', ' || pg_temp.send('follow_up', 'k7'), 'send, blocked too_soon 04 09:00', 'too soon');
select app.opt_out('sms', '+13125550199', 'reply');
select is(pg_temp.send('follow_up', 'k8'), 'blocked opted_out', 'and opted out in the same minute');
select is((select count(*) from public.messages where category = 'follow_up' and status = 'blocked' and reason = 'too_soon'), 1::bigint, 'each row says its own reason');
select * from finish();
rollback;
