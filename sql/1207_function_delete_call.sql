create or replace function app.delete_call(p_call_id uuid, p_request_id text default null)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  perform app.lock_call(p_call_id);
  perform app.lock_calls(array[p_call_id]);
  update public.call_logs c
  set deleted_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null
    and (c.status = 'ended' or c.created_at < app.now() - interval '1 day');
  if not found then
    if exists (
      select from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null)
    then
      raise exception 'the call has not ended yet' using errcode = 'VX409';
    end if;
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  perform app.blank_calls(array[p_call_id]);
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'call_deleted', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  perform app.announce('call_update', 'call', p_call_id);
end
$$;

comment on function app.delete_call(uuid, text) is
  'Takes a call out of the lists and blanks what was said in it and the number on the other side, for good. The row, its times, outcome and cost stay for the numbers. Owner and admin only (VX403); VX404 for an unknown or deleted call, VX409 while it goes on (a day at most). Our copy of its recording is deleted by a job; the provider''s own is not reached from here.';

select app.seal('app.delete_call(uuid, text)', 'app_writer', 'tenant_user');
