create or replace function app.minutes_or(p_fields jsonb, p_key text, p_otherwise interval)
returns interval
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case when p_fields ? p_key then make_interval(mins => (p_fields ->> p_key)::integer) else p_otherwise end
$$;

comment on function app.minutes_or(jsonb, text, interval) is
  'A field that counts minutes, as an interval: NULL where it is null, p_otherwise where it is absent.';

select app.seal('app.minutes_or(jsonb, text, interval)', null, 'app_writer');
