-- Whether a number may be texted depends on what it was texted before: everything that decides about one number, or
-- changes what was decided, happens one after the other.
create or replace function app.lock_number(p_number text)
returns void
language sql
volatile
strict
set search_path = ''
as $$
  select pg_advisory_xact_lock(4, hashtext(app.current_org_id()::text || p_number))
$$;

comment on function app.lock_number(text) is
  'Serialises what concerns one phone number or address of the tenant, until the transaction ends. Taken after app.lock_call and before any row lock of messages or scheduled_messages. NULL locks nothing.';

select app.seal('app.lock_number(text)', null, 'app_writer');
