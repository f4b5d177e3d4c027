create or replace function app.resume_provisioning(p_provisioning_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_run public.provisioning;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id for update;
  if v_run.id is null or v_run.state in ('undone', 'released') or v_run.state = 'active' and v_run.error is null then
    return false;
  end if;
  v_now := app.now();
  if v_run.state = 'active' then
    -- Everything is gone through again; each step finds what it made before.
    update public.provisioning p set state = 'running' where p.org_id = v_org_id and p.id = v_run.id;
    update public.provisioning_steps s
    set state = 'waiting', error = null
    where s.org_id = v_org_id and s.provisioning_id = v_run.id;
  end if;
  update public.provisioning_steps s
  set attempts = 0, updated_at = v_now
  where s.org_id = v_org_id and s.provisioning_id = v_run.id;
  perform app.start_provisioning(v_run.id);
  return true;
end
$$;

comment on function app.resume_provisioning(uuid) is
  'Has the next step of a run tried at once, with as many tries before it as at first; a line that works but has an error goes through every step again. What a worker is at this moment, and requests that may still act, are waited for. False when there is nothing left to do.';

select app.seal('app.resume_provisioning(uuid)', 'app_writer', 'tenant_service');
