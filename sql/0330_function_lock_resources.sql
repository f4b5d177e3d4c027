-- Inserting straight into a contended exclusion constraint deadlocks: half the transactions died when measured, none
-- with this lock. The order is that of the lock's key rather than of the id, because two ids may share one key.
create or replace function app.lock_resources(p_resource_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_key integer;
begin
  for v_key in
    select distinct hashtext(r::text)
    from unnest(p_resource_ids) r
    order by 1
  loop
    perform pg_advisory_xact_lock(2, v_key);
  end loop;
end
$$;

comment on function app.lock_resources(uuid[]) is
  'Locks resources against every other booking and every change of their hours, until the transaction ends; always in one order, so that no two transactions wait for each other.';

select app.seal('app.lock_resources(uuid[])', null, 'app_writer');
