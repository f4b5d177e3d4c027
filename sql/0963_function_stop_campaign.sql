create or replace function app.stop_campaign(
  p_campaign_id uuid
)
returns setof public.campaigns
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_campaign public.campaigns;
begin
  perform app.require_staff();
  select * into v_campaign
  from public.campaigns c
  where c.org_id = v_org_id and c.id = p_campaign_id
  -- The message of a step that is being sent points at this row; its sender must not have to wait for us.
  for no key update;
  v_now := app.now();
  if v_campaign.id is null then
    raise exception 'there is no such campaign' using errcode = 'VX404';
  elsif v_campaign.status in ('stopped', 'done') then
    return next v_campaign;
    return;
  end if;

  with stopped as (
    select s.org_id, s.id
    from public.scheduled_messages s
    join public.campaign_steps t on t.org_id = s.org_id and t.id = s.campaign_step_id
    where t.org_id = v_org_id and t.campaign_id = p_campaign_id and s.state = 'waiting'
    order by s.id
    for update of s
  )
  update public.scheduled_messages s
  set state = 'cancelled', reason = 'stopped', updated_at = v_now
  from stopped
  where s.org_id = stopped.org_id and s.id = stopped.id;
  perform app.call_off(o.id, 'stopped')
  from public.outbound_calls o
  join public.campaign_steps t on t.org_id = o.org_id and t.id = o.campaign_step_id
  where o.org_id = v_org_id and t.campaign_id = p_campaign_id and o.state = 'waiting';
  update public.campaigns c
  set status = 'stopped', ended_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_campaign_id
  returning * into v_campaign;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'campaign_stopped', 'campaign', p_campaign_id, app.current_user_id());
  return next v_campaign;
end
$$;

comment on function app.stop_campaign(uuid) is
  'Ends a campaign: nothing that still waits is sent or called. Any of the staff may (VX403 otherwise), for stopping harms nobody. A draft is ended too; one that is over is returned as it is. VX404: no such campaign.';

select app.seal('app.stop_campaign(uuid)', 'app_writer', 'tenant_user');
