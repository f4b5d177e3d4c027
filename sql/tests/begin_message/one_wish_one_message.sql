begin;
\ir ../messages.psql
select plan(10);
select pg_temp.act_for('a');
select is(pg_temp.send('follow_up', 'k1'), 'send', 'the first time');
select is(pg_temp.send('follow_up', 'k1'), 'replayed', 'the same wish again sends nothing');
select is((select status from app.begin_message('follow_up', 'sms', 'x', 'k1', :'nora', 'twilio')), 'queued', 'and says where it stands');
select app.finish_message((pg_temp.message('k1')).id, 'failed', p_reason => 'refused');
select is(pg_temp.send('follow_up', 'k1'), 'replayed refused', 'also when it failed');
select throws_ok($$ select pg_temp.send('follow_up', 'k1', p_contact => 'd2') $$, 'VX409', null, 'the key of another contact''s message');
select throws_ok($$ select pg_temp.send('code', 'k1') $$, 'VX409', null, 'or category');
select is(pg_temp.rows('public.messages'), 1::bigint, 'one row');
select is(pg_temp.send('follow_up', 'k2'), 'send', 'a failed one does not count');
select is(pg_temp.send('follow_up', 'k3'), 'blocked too_soon 04 09:00', 'one that may have left does');
select pg_temp.clock('04 09:00');
select is(pg_temp.send('follow_up', 'k3'), 'send', 'a blocked wish is judged anew');
select * from finish();
rollback;
