create or replace function app.stop_campaign(
  p_campaign_id uuid
)
returns setof public.campaigns
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.stop_campaign is not written yet';
end
$$;

comment on function app.stop_campaign(uuid) is
  'Not written yet.';

select app.seal('app.stop_campaign(uuid)', 'app_writer', 'tenant_user');
