create or replace function app.start_provisioning(p_provisioning_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  -- A worker that is at a step by what it read before may write no more; what it makes until its lease would have been
  -- over is found by the next one, which therefore waits for that.
  update public.provisioning p
  set lease_id = null, lease_until = null, next_at = greatest(p.lease_until, v_now), updated_at = v_now
  where p.org_id = v_org_id and p.id = p_provisioning_id;
  perform app.enqueue_job('provision_number', jsonb_build_object('provisioning_id', p_provisioning_id));
  perform app.announce('provisioning_updated', 'provisioning', p_provisioning_id);
end
$$;

comment on function app.start_provisioning(uuid) is
  'Puts the job in that goes on with a run whose row just changed, and tells live clients.';

select app.seal('app.start_provisioning(uuid)', null, 'app_writer');
