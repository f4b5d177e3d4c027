create or replace function app.local_words(
  p_at timestamptz,
  p_zone text,
  p_language text
)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  raise exception 'app.local_words is not written yet';
end
$$;

comment on function app.local_words(timestamptz, text, text) is
  'Not written yet.';

select app.seal('app.local_words(timestamptz, text, text)', null, 'app_writer');
