create or replace function app.wished_instant(p_words text, p_zone text)
returns timestamptz
language plpgsql
stable
strict
set search_path = ''
as $$
declare
  v_words text := btrim(p_words);
  v_local timestamp;
  v_at timestamptz;
begin
  if v_words ~* '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d(:?\d\d)?)$' then
    return v_words::timestamptz;
  elsif v_words !~* '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$' then
    raise exception 'write the time as 2026-05-04 15:00, or with an offset as 2026-05-04T15:00:00Z' using errcode = 'VX400';
  end if;
  v_local := v_words::timestamp;
  v_at := app.local_instant(v_local, p_zone, false);
  if (v_at at time zone p_zone) <> v_local then
    raise exception 'there is no such local time on that day: the clocks go forward' using errcode = 'VX400';
  end if;
  return v_at;
exception
  when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
    raise exception 'there is no such date or time' using errcode = 'VX400';
end
$$;

comment on function app.wished_instant(text, text) is
  'The instant that a dashboard wrote: ISO 8601 with an offset or Z, else a local time of p_zone (2026-05-04 15:00), the first one where the clock shows it twice. NULL for NULL; VX400 for anything else, and for a time that the clock skips.';

select app.seal('app.wished_instant(text, text)', null, 'tenant_user', 'app_writer');
