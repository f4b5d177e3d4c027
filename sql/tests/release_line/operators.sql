-- What an operator releases needs no member; what is another clinic's stays.
begin;
\ir ../provisioning.psql
select plan(6);
select pg_temp.act_as('owner');
select pg_temp.begin('+13125550180');
select pg_temp.act_for('a');
select pg_temp.work();
select is((select state from app.inbound_status()), 'active', 'it works');
select throws_ok($$ select app.release_line('b0000000-0000-7000-8000-000000000001') $$, 'VX404', null, 'no such number of this clinic');
select is(app.release_line(id), pg_temp.run(), 'begun') from public.phone_numbers where number = '+13125550180';
select is((select state from app.inbound_status()), 'releasing', 'shown');
select is((select actor_user_id from public.audit_log where action = 'number_released'), null, 'audited, as nobody of the clinic''s');
select pg_temp.act_as('owner');
select throws_ok($$ select app.release_line(id) from public.phone_numbers $$, '42501', null, 'members have their own door');
select * from finish();
rollback;
