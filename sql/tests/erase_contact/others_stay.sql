-- Families share an address, strangers a clinic: only the one contact is erased.
begin;
\ir ../messages.psql
select plan(6);
update public.contacts set email = 'nora@patients.example' where phone = '+13125550198';
select pg_temp.act_for('a');
select pg_temp.send('confirmation', 'k1', p_method => 'email', p_contact => 'd2'), pg_temp.send('code', 'k2', p_contact => 'd2');
select app.opt_out('sms', '+13125550198', 'reply');
select pg_temp.act_for('b');
select app.begin_message('code', 'sms', 'zanzibar-lilac', 'k1', 'b0000000-0000-7000-8000-0000000000d1', 'twilio'), app.opt_out('sms', '+13125550199', 'reply');
select pg_temp.act_as('owner');
select is(app.erase_contact(:'nora'), true, 'erased');
select is((select name || phone || email from public.contacts where phone = '+13125550198'), 'Otis Quillby+13125550198nora@patients.example', 'another contact stays');
select is((select count(*) from public.messages where content = 'zanzibar-lilac'), 2::bigint, 'with its messages');
select is((select phone from public.opt_outs), '+13125550198', 'and opt-outs');
select pg_temp.act_for('b');
select is((select content || recipient from public.messages), 'zanzibar-lilac+13125550199', 'another clinic keeps its own of the same number');
select is((select phone from public.opt_outs), '+13125550199', 'all of it');
select * from finish();
rollback;
