-- name: ListCampaigns :many
select *
from app.list_campaigns();

-- name: ListCampaignSteps :many
select *
from public.campaign_steps
where org_id = @org_id and campaign_id = @campaign_id
order by position;

-- name: SaveCampaign :one
select *
from app.save_campaign(
  p_campaign_id => sqlc.narg(campaign_id)::uuid,
  p_name => @name::text,
  p_category => @category::text,
  p_segment => @segment::jsonb,
  p_steps => @steps::jsonb,
  p_stop_on_reply => @stop_on_reply::boolean,
  p_stop_on_booking => @stop_on_booking::boolean
);

-- name: StartCampaign :one
select *
from app.start_campaign(p_campaign_id => @campaign_id::uuid);

-- name: StopCampaign :one
select *
from app.stop_campaign(p_campaign_id => @campaign_id::uuid);
