create or replace function app.settle_scheduled(
  p_scheduled_ids uuid[],
  p_outcome text,
  p_reason text default null,
  p_message_id uuid default null,
  p_not_before timestamptz default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.settle_scheduled is not written yet';
end
$$;

comment on function app.settle_scheduled(uuid[], text, text, uuid, timestamptz) is
  'Not written yet.';

select app.seal('app.settle_scheduled(uuid[], text, text, uuid, timestamptz)', 'app_writer', 'tenant_service');
