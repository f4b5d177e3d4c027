create or replace function app.stop_campaigns_for(
  p_contact_id uuid,
  p_cause text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise exception 'app.stop_campaigns_for is not written yet';
end
$$;

comment on function app.stop_campaigns_for(uuid, text) is
  'Not written yet.';

select app.seal('app.stop_campaigns_for(uuid, text)', null, 'app_writer');
