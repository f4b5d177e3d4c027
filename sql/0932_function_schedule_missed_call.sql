create or replace function app.schedule_missed_call(
  p_call_id uuid
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise exception 'app.schedule_missed_call is not written yet';
end
$$;

comment on function app.schedule_missed_call(uuid) is
  'Not written yet.';

select app.seal('app.schedule_missed_call(uuid)', null, 'app_writer');
