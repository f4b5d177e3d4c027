-- Connected is what is stored and was not refused when its provider was asked last.
begin;
\ir ../booking.psql
select plan(12);
create function pg_temp.state(p_provider text) returns text language sql as $$
  select concat_ws(' ', i.connected, to_char(i.last_verified_at at time zone 'America/Chicago', 'DD HH24:MI'), i.problem) from app.integrations() i where i.provider = p_provider
$$;
create function pg_temp.note(p_problem text default null, p_at timestamptz default pg_temp.t('04 08:00')) returns boolean language sql as $$
  select app.note_verification('twilio', p_at, p_problem)
$$;
select pg_temp.act_as('viewer');
select is((select array_agg(provider || ' ' || connected) from app.integrations()), '{"twilio false","resend false","google_calendar false","outlook false"}', 'nothing is connected');
select pg_temp.owner($$ insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, sender, last_verified_at)
  values ('a0000000-0000-7000-8000-000000000001', 'twilio', '\x01', decode(repeat('00', 12), 'hex'), decode(repeat('00', 16), 'hex'), 'k1', '+13125550100', app.now()) $$);
select is(pg_temp.state('twilio'), 't 04 08:00', 'connected');
select throws_ok($$ select pg_temp.note() $$, 'VX403', null, 'a viewer does not look again');
select pg_temp.act_as('admin');
select pg_temp.clock('04 09:00');
select ok(pg_temp.note('Twilio refused it.'), 'refused');
select is(pg_temp.state('twilio'), 'f 04 08:00 Twilio refused it.', 'it is not connected any more');
select pg_temp.clock('04 10:00');
select ok(pg_temp.note(), 'accepted');
select is(pg_temp.state('twilio'), 't 04 10:00', 'and is again');
select ok(not pg_temp.note('x', pg_temp.t('04 09:00')), 'an answer about an account that was replaced');
select ok(not app.note_verification('resend', app.now(), null), 'or that is not there');
select is(pg_temp.state('twilio'), 't 04 10:00', 'changes nothing');
select is((select array_agg(action order by id) from public.audit_log), '{credential_refused,credential_verified}', 'audited');
select pg_temp.act_for('b');
select throws_ok('select app.note_verification(''twilio'', app.now(), null)', '42501', null, 'jobs do not look');
select * from finish();
rollback;
