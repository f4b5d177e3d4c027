create or replace function app.undo_provisioning(p_provisioning_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_run public.provisioning;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id for update;
  if v_run.id is null or v_run.state in ('undone', 'released') then
    return false;
  end if;
  if v_run.state in ('running', 'active') then
    perform app.turn_around(v_run.id, 'undoing');
  end if;
  perform app.start_provisioning(v_run.id);
  return true;
end
$$;

comment on function app.undo_provisioning(uuid) is
  'Has a run undone, whatever it is at, or its undoing tried again at once; the number stays the clinic''s, to text from. False when there is nothing to undo.';

select app.seal('app.undo_provisioning(uuid)', 'app_writer', 'tenant_service');
