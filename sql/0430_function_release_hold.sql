create or replace function app.release_hold(p_call_id uuid)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_released integer;
begin
  perform app.lock_call(p_call_id);
  delete from public.appointments a
  where a.org_id = app.require_org_id()
    and a.call_id = p_call_id
    and a.status = 'held';
  get diagnostics v_released = row_count;
  return v_released;
end
$$;

comment on function app.release_hold(uuid) is
  'Gives back what a call still holds: when it ends, or when another slot is chosen. Returns how many holds there were, 0 or 1.';

select app.seal('app.release_hold(uuid)', 'app_writer', 'tenant_service');
