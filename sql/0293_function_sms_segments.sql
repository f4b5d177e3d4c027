create or replace function app.sms_segments(
  p_text text
)
returns integer
language plpgsql
immutable
set search_path = ''
as $$
begin
  raise exception 'app.sms_segments is not written yet';
end
$$;

comment on function app.sms_segments(text) is
  'Not written yet.';

select app.seal('app.sms_segments(text)', null, 'app_writer');
