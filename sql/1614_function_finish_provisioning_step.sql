create or replace function app.finish_provisioning_step(
  p_provisioning_id uuid,
  p_lease_id uuid,
  p_step text,
  p_external_id text default null,
  p_undo jsonb default null,
  p_skipped boolean default false
)
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
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.id = p_provisioning_id and p.lease_id = p_lease_id
  for update;
  if v_run.id is null or v_run.state not in ('running', 'undoing', 'releasing') then
    return false;
  end if;
  v_now := app.now();
  update public.provisioning_steps s
  set state = case when v_run.state <> 'running' then 'undone' when p_skipped then 'skipped' else 'done' end,
    external_id = coalesce(p_external_id, s.external_id), undo = coalesce(p_undo, s.undo),
    error = null, settle_at = null, updated_at = v_now
  where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step = p_step;
  if p_step = 'import' then
    update public.phone_numbers n
    set vapi_phone_number_id = case
        when v_run.state = 'running' then p_external_id
        -- It was the clinic's before this run, and stays at Vapi.
        when p_skipped then n.vapi_phone_number_id
      end,
      updated_at = v_now
    where n.org_id = v_org_id and n.number = v_run.number;
  elsif p_step = 'credential' then
    update public.org_credentials c
    set vapi_credential_id = case when v_run.state = 'running' then p_external_id end
    where c.org_id = v_org_id and c.provider = 'twilio';
  end if;
  update public.provisioning p
  set lease_id = null, lease_until = null, next_at = null, updated_at = v_now
  where p.org_id = v_org_id and p.id = v_run.id;
  if v_run.state = 'running' and not exists (
    select from public.provisioning_steps s
    where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.state in ('waiting', 'intended')) then
    perform app.conclude_provisioning(v_run.id);
  else
    perform app.announce('provisioning_updated', 'provisioning', v_run.id);
  end if;
  return true;
end
$$;

comment on function app.finish_provisioning_step(uuid, uuid, text, text, jsonb, boolean) is
  'Writes that a step was done (or, where a run is undone, undone), what it made outside and what would undo it; the last step makes the line active. p_skipped: the provider has no such door, or what is there was there before. False: the lease is lost, and nothing was written.';

select app.seal('app.finish_provisioning_step(uuid, uuid, text, text, jsonb, boolean)', 'app_writer', 'tenant_service');
