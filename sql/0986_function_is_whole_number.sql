create or replace function app.is_whole_number(p_value jsonb, p_least integer, p_most integer)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case when jsonb_typeof(p_value) = 'number' and p_value #>> '{}' ~ '^[0-9]{1,9}$'
    then (p_value #>> '{}')::integer between p_least and p_most else false end
$$;

comment on function app.is_whole_number(jsonb, integer, integer) is
  'Whether a JSON value is a number without a fraction within the bounds, both included.';

select app.seal('app.is_whole_number(jsonb, integer, integer)', null, 'app_writer');
