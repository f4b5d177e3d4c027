-- On which ways a contact is not reached.
begin;
\ir ../messages.psql
select plan(6);
select pg_temp.act_as('staff');
select app.opt_out('voice', '+13125550199', 'staff');
select pg_temp.act_as('viewer');
select is(app.contact_opt_outs(:'nora'), '{voice}', 'no calls');
select pg_temp.act_as('staff');
select app.opt_out('email', 'nora@patients.example', 'staff');
select app.opt_out('sms', '+13125550199', 'staff');
select is(app.contact_opt_outs(:'nora'), '{sms,voice,email}', 'nothing at all');
select app.opt_in('voice', '+13125550199', 'staff');
select is(app.contact_opt_outs(:'nora'), '{sms,email}', 'calls again');
select is(app.contact_opt_outs('a0000000-0000-7000-8000-0000000000d2'), '{}', 'another contact is reached on every way');
select is(app.contact_opt_outs('b0000000-0000-7000-8000-0000000000d1'), '{}', 'another clinic''s is not seen');
select pg_temp.act_for('b');
select pg_temp.act_as('viewer');
select is(app.contact_opt_outs(null), '{}', 'nobody');
select * from finish();
rollback;
