create or replace function app.campaign_segment(
  p_segment jsonb
)
returns setof public.contacts
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.campaign_segment is not written yet';
end
$$;

comment on function app.campaign_segment(jsonb) is
  'Not written yet.';

select app.seal('app.campaign_segment(jsonb)', 'app_writer', 'tenant_user', 'app_writer');
