create or replace function app.start_campaign(
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
  v_planned bigint;
begin
  perform app.require_admin();
  select * into v_campaign from public.campaigns c where c.org_id = v_org_id and c.id = p_campaign_id for no key update;
  v_now := app.now();
  if v_campaign.id is null then
    raise exception 'there is no such campaign' using errcode = 'VX404';
  elsif v_campaign.status = 'running' then
    return next v_campaign;
    return;
  elsif v_campaign.status <> 'draft' then
    raise exception 'this campaign is over; make a new one' using errcode = 'VX409';
  end if;

  with planned as (
    insert into public.scheduled_messages (org_id, kind, contact_id, campaign_step_id, due_at)
    select v_org_id, 'campaign', c.id, s.id, v_now + s.after
    from app.campaign_segment(v_campaign.segment) c
    cross join public.campaign_steps s
    where s.org_id = v_org_id and s.campaign_id = v_campaign.id
      and (v_campaign.category <> 'marketing' or c.marketing_consent_at is not null)
    on conflict do nothing
    returning id, due_at
  )
  select count(app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', p.id), p.due_at)) into v_planned
  from planned p;

  update public.campaigns c
  set status = case when v_planned > 0 then 'running' else 'done' end, started_at = v_now,
    ended_at = case when v_planned = 0 then v_now end, updated_at = v_now
  where c.org_id = v_org_id and c.id = v_campaign.id
  returning * into v_campaign;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'campaign_started', 'campaign', v_campaign.id, app.current_user_id());
  return next v_campaign;
end
$$;

comment on function app.start_campaign(uuid) is
  'Plans every step for every contact of the segment as it is now (marketing: of those who agreed to it) and returns the campaign; done at once when nobody is in it. Owner or admin only (VX403). A second start returns the running campaign and plans nothing. VX404: no such campaign; VX409: it is over.';

select app.seal('app.start_campaign(uuid)', 'app_writer', 'tenant_user');
