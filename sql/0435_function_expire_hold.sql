create or replace function app.expire_hold(p_appointment_id uuid)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_expired integer;
begin
  delete from public.appointments a
  where a.org_id = app.require_org_id()
    and a.id = p_appointment_id
    and a.status = 'held'
    and a.held_until <= app.now();
  get diagnostics v_expired = row_count;
  return v_expired;
end
$$;

comment on function app.expire_hold(uuid) is
  'Deletes one hold whose time has run out; the job that every hold puts in the queue calls it. Returns 1 when it was still there. A hold that became a booking, or was prolonged, is left alone.';

select app.seal('app.expire_hold(uuid)', 'app_writer', 'tenant_service');
