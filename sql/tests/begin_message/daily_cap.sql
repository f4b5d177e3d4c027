begin;
\ir ../messages.psql
select plan(8);
select pg_temp.owner($$ update public.organizations set messages_per_day = 2 $$);
select pg_temp.act_for('a');
select is(pg_temp.send('confirmation', 'k1'), 'send', 'the first');
select is(pg_temp.send('confirmation', 'k2', p_method => 'email'), 'send', 'e-mails count');
select is(pg_temp.send('confirmation', 'k3', p_contact => 'd2'), 'blocked daily_cap', 'no third');
select is(pg_temp.send('code', 'k4'), 'send', 'codes go on');
select is(pg_temp.send('reply', 'k5'), 'send', 'replies too');
select app.finish_message((pg_temp.message('k1')).id, 'failed');
select is(pg_temp.send('confirmation', 'k6', p_contact => 'd2'), 'send', 'what did not leave does not count');
select is(pg_temp.send('confirmation', 'k7'), 'blocked daily_cap', 'but that does');
select pg_temp.clock('05 08:00');
select is(pg_temp.send('confirmation', 'k8'), 'send', 'the clinic''s next day');
select * from finish();
rollback;
