create or replace function app.record_inbound_message(
  p_provider text,
  p_external_id text,
  p_from text,
  p_to text,
  p_body text,
  p_opt_out_type text default null
)
returns setof app.inbound_answer
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.record_inbound_message is not written yet';
end
$$;

comment on function app.record_inbound_message(text, text, text, text, text, text) is
  'Not written yet.';

select app.seal('app.record_inbound_message(text, text, text, text, text, text)', 'app_writer', 'tenant_service');
