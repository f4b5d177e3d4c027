create or replace function app.save_campaign(
  p_campaign_id uuid,
  p_name text,
  p_category text,
  p_segment jsonb,
  p_steps jsonb,
  p_stop_on_reply boolean default true,
  p_stop_on_booking boolean default true
)
returns setof public.campaigns
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.save_campaign is not written yet';
end
$$;

comment on function app.save_campaign(uuid, text, text, jsonb, jsonb, boolean, boolean) is
  'Not written yet.';

select app.seal('app.save_campaign(uuid, text, text, jsonb, jsonb, boolean, boolean)', 'app_writer', 'tenant_user');
