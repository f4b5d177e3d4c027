-- A reminder by voice that staff ask for, beside those that go by themselves.
begin;
\ir ../texting.psql
select plan(16);
select pg_temp.visit('06 10:00') as ann \gset
select pg_temp.visit('07 10:00', 2) as ben \gset
select pg_temp.visit('08 10:00', 1, 'pending') as pending \gset
select pg_temp.visit('08 11:00', 1, 'cancelled') as cancelled \gset
select pg_temp.visit('04 07:00') as past \gset
select pg_temp.visit('04 08:10', 2) as soon \gset
select set_config('test.ann', :'ann', true) \g (format=unaligned tuples_only) /dev/null
-- remind(visit, key): what app.request_reminder_call answers.
create function pg_temp.remind(p_visit uuid, p_key text) returns text language sql as $$
  select concat_ws(' ', r.outcome, r.refusal, to_char(r.due_at at time zone 'America/Chicago', 'DD HH24:MI'))
  from app.request_reminder_call(p_visit, p_key, '{America/Chicago}', 'US') r
$$;
create function pg_temp.texted(p_visit uuid) returns text language sql as $$
  select concat_ws(' ', d.outcome, d.reason, to_char(d.not_before at time zone 'America/Chicago', 'DD HH24:MI'))
  from app.send_reminder(p_visit, 'sms', 'text', 'twilio', '{}', 'US') d
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.remind(current_setting('test.ann')::uuid, 'k0') $$, 'VX403', null, 'a viewer reminds nobody');
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.remind(gen_random_uuid(), 'k0') $$, 'VX404', null, 'an unknown visit');
select is(pg_temp.remind(:'pending', 'k1'), 'refused approval_needed', 'not before it is approved');
select is(pg_temp.remind(:'cancelled', 'k1'), 'refused not_active', 'not of a cancelled visit');
select is(pg_temp.remind(:'past', 'k1'), 'refused too_late', 'nor of a past one');
select is((select concat_ws(' ', r.outcome, r.refusal) from app.request_reminder_call(:'ann', 'k1', '{Europe/Monaco}', 'MC') r), 'refused foreign_number', 'nor in another country');
select is(pg_temp.remind(:'soon', 'k1'), 'refused too_late', 'nor when the phone would ring at the door');
select is(pg_temp.rows('public.outbound_calls'), 0::bigint, 'nobody is called so far');
select is(pg_temp.remind(:'ann', 'k1'), 'queued 04 08:00', 'a call');
select is(pg_temp.remind(:'ann', 'k1'), 'replayed 04 08:00', 'the same wish again');
select is(pg_temp.remind(:'ann', 'k2'), 'refused already_reminded', 'another one of the same visit');
select is(pg_temp.remind(:'ben', 'k3'), 'refused too_soon', 'one a day, of whatever visit');
select is(pg_temp.texted(:'ann'), 'blocked already_reminded 05 08:00', 'nor a text beside the call');
select pg_temp.owner($$ update public.outbound_calls set state = 'cancelled', ended_at = now(), look_at = null $$);
select is(pg_temp.texted(:'ann'), 'send', 'a call that was taken back does not count');
select is(pg_temp.remind(:'ann', 'k4'), 'refused already_reminded', 'the text does');
select is((select concat_ws(' ', kind, requested_by is not null, appointment_id is not null, to_char(until_at - due_at, 'DD')) from public.outbound_calls), 'reminder t t 01', 'by whom, about what, how long');
select * from finish();
rollback;
