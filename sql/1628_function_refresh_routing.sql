create or replace function app.refresh_routing(p_provisioning_id uuid, p_routed_as text, p_texts_url text)
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
  v_now := app.now();
  if v_run.state is distinct from 'active' then
    return false;
  end if;
  update public.provisioning_steps s
  set state = 'waiting', attempts = 0, error = null, updated_at = v_now
  where s.org_id = v_org_id and s.provisioning_id = p_provisioning_id and s.step = 'routing'
    and s.external_id is distinct from p_routed_as;
  if not found then
    return false;
  end if;
  update public.provisioning_steps s
  set state = 'waiting', attempts = 0, error = null, updated_at = v_now
  where s.org_id = v_org_id and s.provisioning_id = p_provisioning_id and s.step = 'messaging'
    and s.undo ->> 'smsUrl' is distinct from p_texts_url;
  update public.provisioning p
  set state = 'running', next_at = null, updated_at = v_now
  where p.org_id = v_org_id and p.id = p_provisioning_id;
  return true;
end
$$;

comment on function app.refresh_routing(uuid, text, text) is
  'Has a line that works routed anew when it was routed otherwise than p_routed_as says, as after a change of our address or of the webhook''s secret; with another address (p_texts_url) its texts are directed anew as well. Returns whether there is something to do.';

select app.seal('app.refresh_routing(uuid, text, text)', 'app_writer', 'tenant_service');
