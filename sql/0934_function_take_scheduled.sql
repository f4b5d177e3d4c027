create or replace function app.take_scheduled(
  p_scheduled_id uuid
)
returns setof app.scheduled_bundle
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.take_scheduled is not written yet';
end
$$;

comment on function app.take_scheduled(uuid) is
  'Not written yet.';

select app.seal('app.take_scheduled(uuid)', 'app_writer', 'tenant_service');
