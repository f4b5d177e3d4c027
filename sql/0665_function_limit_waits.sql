-- A caller hears every second of waiting. A lock that is not had in five seconds becomes a spoken "one moment, try again".
create or replace function app.limit_waits()
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform set_config('lock_timeout', '5s', true);
  perform set_config('statement_timeout', '10s', true);
  perform set_config('idle_in_transaction_session_timeout', '30s', true);
end
$$;

comment on function app.limit_waits() is
  'Bounds the running transaction: 5 s for a lock, 10 s for a statement, 30 s of idling. First thing in every request.';

select app.seal('app.limit_waits()', null, 'voxanne_login', 'tenant_service');
