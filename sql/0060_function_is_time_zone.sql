-- Asking the time zone code itself is a thousand times faster than reading pg_timezone_names, which stats every file.
create or replace function app.is_time_zone(p_zone text)
returns boolean
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
begin
  if p_zone <> 'UTC' and p_zone !~ '^[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+$' then
    return false;
  end if;
  perform pg_catalog.timezone(p_zone, timestamptz '2000-01-01 00:00:00+00');
  return true;
exception when invalid_parameter_value then
  return false;
end
$$;

comment on function app.is_time_zone(text) is
  'Whether the text is an IANA zone name that this server knows (America/Chicago), not an abbreviation or an offset. Used by check constraints.';

select app.seal('app.is_time_zone(text)', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'service_role');
