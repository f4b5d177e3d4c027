begin;
\ir ../messages.psql
select plan(3);
select pg_temp.act_for('a');
select app.opt_out('sms', '+13125550199', 'reply');
select pg_temp.act_for('b');
select is(app.opt_in('sms', '+13125550199', 'reply'), false, 'another clinic takes nothing back');
select pg_temp.act_for('a');
select is((select revoked_at from public.opt_outs), null, 'it stands');
select is(app.opt_in('sms', '+13125550199', 'carrier'), true, 'the clinic itself does');
select * from finish();
rollback;
