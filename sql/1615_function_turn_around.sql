create or replace function app.turn_around(p_provisioning_id uuid, p_state text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.provisioning p
  set state = p_state, lease_id = null, lease_until = null, next_at = null, updated_at = v_now
  where p.org_id = v_org_id and p.id = p_provisioning_id;
  update public.provisioning_steps s
  set attempts = 0, updated_at = v_now
  where s.org_id = v_org_id and s.provisioning_id = p_provisioning_id;
end
$$;

comment on function app.turn_around(uuid, text) is
  'From here on a run takes away what it made: undoing after a failure, releasing as the clinic wishes.';

select app.seal('app.turn_around(uuid, text)', null, 'app_writer');
