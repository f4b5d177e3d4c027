create or replace function app.cancel_outbound_call(p_id uuid)
returns setof app.outbound_cancellation
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_state text;
begin
  perform app.require_staff();
  select c.state into v_state
  from public.outbound_calls c
  where c.org_id = app.require_org_id() and c.id = p_id
  for no key update;
  if not found then
    raise exception 'there is no such call' using errcode = 'VX404';
  end if;
  if v_state = 'waiting' then
    perform app.close_outbound_call(p_id, 'cancelled', 'by_staff');
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (app.require_org_id(), 'outbound_call_cancelled', 'outbound_call', p_id, app.current_user_id());
    v_state := 'cancelled';
  end if;
  return query select case v_state when 'cancelled' then 'cancelled' else 'too_late' end, v_state;
end
$$;

comment on function app.cancel_outbound_call(uuid) is
  'Takes back a call that still waits, see app.outbound_cancellation; repeating it changes nothing. Staff only (VX403); VX404 for an unknown call.';

select app.seal('app.cancel_outbound_call(uuid)', 'app_writer', 'tenant_user');
