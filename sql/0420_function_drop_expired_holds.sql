create or replace function app.drop_expired_holds(p_resource_ids uuid[], p_now timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  delete from public.appointments a
  where a.org_id = app.current_org_id()
    and a.resource_id = any (p_resource_ids)
    and a.status = 'held'
    and a.held_until <= p_now;
end
$$;

comment on function app.drop_expired_holds(uuid[], timestamptz) is
  'Deletes the holds that have run out on resources the caller has locked: the no-overlap constraint cannot look at the clock.';

select app.seal('app.drop_expired_holds(uuid[], timestamptz)', null, 'app_writer');
