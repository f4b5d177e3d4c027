create or replace function app.turn_around(p_provisioning_id uuid, p_state text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_busy_until timestamptz;
begin
  select p.lease_until into v_busy_until
  from public.provisioning p
  where p.org_id = v_org_id and p.id = p_provisioning_id and p.lease_until > v_now;
  update public.provisioning p
  set state = p_state, lease_id = null, lease_until = null, next_at = null, updated_at = v_now
  where p.org_id = v_org_id and p.id = p_provisioning_id;
  update public.provisioning_steps s
  set attempts = 0, updated_at = v_now,
    -- A worker is at it at this moment, and may make something after we looked.
    settle_at = case when s.state = 'intended' then greatest(s.settle_at, v_busy_until) else s.settle_at end
  where s.org_id = v_org_id and s.provisioning_id = p_provisioning_id;
end
$$;

comment on function app.turn_around(uuid, text) is
  'From here on a run takes away what it made: undoing after a failure, releasing as the clinic wishes. A step that a worker is at is undone when its lease is over.';

select app.seal('app.turn_around(uuid, text)', null, 'app_writer');
