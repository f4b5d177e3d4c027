-- Codes and dates of birth are guesses alike: three wrong in a call, five in a day for the contact.
begin;
\ir ../scheduled.psql
reset role;
delete from public.contacts;
\ir ../family.psql
select plan(9);
insert into public.identity_codes (org_id, kind, contact_id, appointment_id, code_hash, expires_at)
select org_id, 'confirmation', contact_id, id, '\x01', upper(during) from public.appointments where booking_ref = 'MAEVE2';
insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number)
select 'a0000000-0000-7000-8000-000000000001', ('a0000000-0000-7000-8000-0000000000c' || n)::uuid, 'call-' || n, 'a0000000-0000-7000-8000-000000000010', 'inbound', '+13125550111'
from generate_series(4, 6) n;
create function pg_temp.code(p_call text, p_code text) returns text language sql as $$
  select app.verify_code(pg_temp.call(p_call), array[('\x' || p_code)::bytea])
$$;
create function pg_temp.born(p_call text, p_date date) returns text language sql as $$
  select app.verify_caller(pg_temp.call(p_call), p_date)
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select is(array[pg_temp.code('c1', '02'), pg_temp.born('c1', '1990-01-01'), pg_temp.code('c1', '03')], '{not_verified,not_verified,not_verified}', 'wrong three times, codes and dates');
select is(pg_temp.code('c1', '01'), 'locked', 'the right code is not looked at');
select is(pg_temp.born('c1', '1982-03-05'), 'locked', 'nor the right date');
select is(pg_temp.rows('public.caller_verifications'), 3::bigint, 'a locked try is no try');
select is(array[pg_temp.code('c4', '02'), pg_temp.born('c4', '1990-01-01')], '{not_verified,not_verified}', 'in the next call two more');
select is(pg_temp.code('c5', '01'), 'locked', 'are five for the contact');
select is(pg_temp.born('c5', '1982-03-05'), 'locked', 'for either');
select pg_temp.clock('05 00:01');
select is(pg_temp.code('c5', '01'), 'verified', 'until the clinic''s next day');
select is(pg_temp.code('c1', '01'), 'locked', 'the first call stays locked');
select * from finish();
rollback;
