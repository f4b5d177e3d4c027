-- Models repeat a wish in parallel. Everything one call books, holds or moves happens one after the other, and before
-- any resource is locked, so two tries of one call can never wait for each other in a ring.
create or replace function app.lock_call(p_call_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
  select pg_advisory_xact_lock(1, hashtext(p_call_id::text))
$$;

comment on function app.lock_call(uuid) is
  'Serialises what one call does, until the transaction ends. Taken before app.lock_resources, never after.';

select app.seal('app.lock_call(uuid)', null, 'app_writer');
