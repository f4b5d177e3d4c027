-- Keys of the clinic: sealed, one a provider, by owner or admin; Twilio's number belongs to one clinic.
begin;
\ir ../booking.psql
select plan(27);
create function pg_temp.save(p_sender text, p_provider text default 'twilio', p_key text default 'k1', p_cipher text default '\x01') returns void language sql as $$
  select app.save_credential(p_provider, p_cipher::bytea, '\x000000000000000000000000', '\x00000000000000000000000000000000', p_key, 'AC12…9f', p_sender) $$;
create function pg_temp.numbers() returns text[] language sql stable as $$ select array_agg(number order by number) from public.phone_numbers $$;
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.save('+13125550180') $$, 'VX403', null, 'staff do not');
select throws_ok($$ select app.remove_credential('twilio') $$, 'VX403', null, 'nor remove');
select pg_temp.act_as('admin');
select throws_ok($$ select pg_temp.save('+442079460100') $$, 'VX409', 'this number is in use by another organization', 'another clinic''s number');
select throws_ok($$ select pg_temp.save('5550180') $$, 'VX400', null, 'no number');
select throws_ok($$ select pg_temp.save('x', 'outlook') $$, 'VX400', null, 'a provider of another door');
select is((select count(*) from public.audit_log), 0::bigint, 'nothing happened');
select lives_ok($$ select pg_temp.save('+13125550180') $$, 'an admin');
select is(pg_temp.numbers(), '{+13125550100,+13125550180}', 'texts to it find the clinic');
select results_eq($$ select provider, location_id from public.phone_numbers where number = '+13125550180' $$, $$ values ('twilio', 'a0000000-0000-7000-8000-000000000010'::uuid) $$, 'at its first location');
select results_eq($$ select account_ref, sender, key_id, last_verified_at from public.org_credentials $$, $$ values ('AC12…9f', '+13125550180', 'k1', pg_temp.t('04 08:00')) $$, 'kept');
select results_eq($$ select action, entity, actor_user_id from public.audit_log $$, $$ values ('credential_saved', 'credential', 'a0000000-0000-7000-8000-0000000000e2'::uuid) $$, 'logged');
select throws_ok($$ select ciphertext from public.org_credentials $$, '42501', null, 'the dashboard does not see what is sealed');
select throws_ok($$ select app.read_credential('twilio') $$, '42501', null, 'by no door');
select lives_ok($$ select pg_temp.save('+13125550181', p_cipher => '\x02') $$, 'another number');
select is(pg_temp.numbers(), '{+13125550100,+13125550181}', 'the former one is given up');
select lives_ok($$ select pg_temp.save('+13125550100') $$, 'the number that callers dial');
select is(pg_temp.numbers(), '{+13125550100}', 'is the clinic''s already');
select lives_ok($$ select pg_temp.save('desk@patients.example', 'resend', 'k2') $$, 'e-mail');

select pg_temp.act_for('a');
select is((select ciphertext from app.read_credential('twilio')), '\x01'::bytea, 'the sender reads it');
select is(app.reseal_credential('twilio', '\x000000000000000000000009', '\x09', '\x000000000000000000000001', '\x00000000000000000000000000000000', 'k3'), false, 'resealed only in place of what was read, also under the same key');
select is(app.reseal_credential('twilio', '\x000000000000000000000000', '\x09', '\x000000000000000000000001', '\x00000000000000000000000000000000', 'k3'), true, 'then it is');
select results_eq($$ select ciphertext, key_id from app.read_credential('twilio') $$, $$ values ('\x09'::bytea, 'k3') $$, 'with the other key');
reset role;
select is(array(select app.orgs_to_reseal('k3')), array['a0000000-0000-7000-8000-000000000001'::uuid], 'resend has another key still') from (select set_config('role', 'app_definer', true)) r;
select pg_temp.act_as('owner');
select is(app.remove_credential('twilio'), true, 'removed');
select is(app.remove_credential('twilio'), false, 'once');
select is(pg_temp.numbers(), '{+13125550100}', 'a number that calls use stays');
select pg_temp.act_for('b');
select is_empty($$ select app.read_credential('resend') $$, 'another clinic has none');
select * from finish();
rollback;
