create or replace function app.next_sending_time(
  p_contact_id uuid,
  p_number_zones text[],
  p_at timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  raise exception 'app.next_sending_time is not written yet';
end
$$;

comment on function app.next_sending_time(uuid, text[], timestamptz) is
  'Not written yet.';

select app.seal('app.next_sending_time(uuid, text[], timestamptz)', null, 'app_writer');
