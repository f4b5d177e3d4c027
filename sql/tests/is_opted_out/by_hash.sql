begin;
\ir ../messages.psql
select plan(6);
select pg_temp.act_inside('a');
select is(app.is_opted_out('sms', '+13125550199'), false, 'not yet');
select app.note_opt_out('sms', '+13125550199', app.number_hash('+13125550199'), 'reply');
select is(app.is_opted_out('sms', '+13125550199'), true, 'opted out');
select is(app.is_opted_out('email', '+13125550199'), false, 'of that channel');
update public.opt_outs set phone = null;
select is(app.is_opted_out('sms', '+13125550199'), true, 'also when the number is erased');
select pg_temp.act_inside('b');
select is(app.is_opted_out('sms', '+13125550199'), false, 'another clinic''s patients are not concerned');
select pg_temp.act_inside('a');
update public.opt_outs set revoked_at = app.now(), revoked_by = 'reply';
select is(app.is_opted_out('sms', '+13125550199'), false, 'until it is taken back');
select * from finish();
rollback;
