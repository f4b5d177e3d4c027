-- The one clock. Functions read it once into a variable, after taking their locks, so that a hold that expired
-- while the transaction waited counts as expired. Test databases replace this function; nothing else does.
-- A standard body is bound to what it names when it is made: safe without a search path, and so it can be inlined.
create or replace function app.now()
returns timestamptz
language sql
volatile
parallel safe
begin atomic
  select pg_catalog.clock_timestamp();
end;

comment on function app.now() is
  'The current instant by the wall clock (not the transaction''s start). The only clock that functions and defaults read.';

select app.seal('app.now()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'service_role');
