create or replace function app.schedule_for_appointment(
  p_appointment_id uuid,
  p_change text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  raise exception 'app.schedule_for_appointment is not written yet';
end
$$;

comment on function app.schedule_for_appointment(uuid, text) is
  'Not written yet.';

select app.seal('app.schedule_for_appointment(uuid, text)', null, 'app_writer');
