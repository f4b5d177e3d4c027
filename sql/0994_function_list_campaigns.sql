-- A campaign is over when its last step went out or was called off. Whoever sends a step holds its row, and the campaign's
-- row comes first in app.stop_campaign: so the end is noted here, by who looks, and not by the one that sends.
create or replace function app.list_campaigns()
returns setof public.campaigns
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.campaigns c
  set status = 'done', ended_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.status = 'running'
    and not exists (
      select from public.campaign_steps t
      join public.scheduled_messages s on s.org_id = t.org_id and s.campaign_step_id = t.id
      where t.org_id = v_org_id and t.campaign_id = c.id and s.state = 'waiting');
  return query
  select c.* from public.campaigns c where c.org_id = v_org_id order by c.created_at desc, c.id;
end
$$;

comment on function app.list_campaigns() is
  'The organisation''s campaigns, the newest first. A running one without a step left to send is done from then on.';

select app.seal('app.list_campaigns()', 'app_writer', 'tenant_user');
