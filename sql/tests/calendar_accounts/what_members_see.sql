-- Every provider has a row, connected or not; nothing sealed is told, and nothing of another clinic.
begin;
\ir ../calendars.psql
select plan(6);
create function pg_temp.told() returns text language sql as $$
  select string_agg(concat_ws(' ', a.provider, a.credential, a.connected_email, a.connected_at is not null, a.needs_reconnect_at is not null, a.problem, a.calendars), ', ')
  from app.calendar_accounts() a
$$;
grant execute on function pg_temp.told() to public;

select pg_temp.act_as('viewer');
select is(pg_temp.told(), 'google google_calendar avery@patients.example t f 1, microsoft outlook f f 0', 'any member is told');
select pg_temp.act_for('a');
select is(app.note_grant_revoked('google_calendar', 1), true, 'the provider refuses');
select pg_temp.act_as('viewer');
select is(pg_temp.told(), 'google google_calendar avery@patients.example t t Access to the calendar was withdrawn. Connect it again. 1, microsoft outlook f f 0', 'which shows');
select is((select i.connected || ' ' || i.problem from app.integrations() i where i.provider = 'google_calendar'),
  'false Access to the calendar was withdrawn. Connect it again.', 'among all integrations too');
select pg_temp.act_for('b');
select throws_ok($$ select * from app.calendar_accounts() $$, '42501', null, 'jobs do not ask');
select set_config('role', 'tenant_user', true);
select is(pg_temp.told(), 'google google_calendar f f 0, microsoft outlook f f 0', 'another clinic has none');

select * from finish();
rollback;
