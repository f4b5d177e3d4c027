create or replace function app.check_segment(p_segment jsonb)
returns void
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_key text;
  v_value jsonb;
begin
  if jsonb_typeof(p_segment) is distinct from 'object' then
    raise exception 'a segment is an object' using errcode = 'VX400';
  end if;
  for v_key, v_value in select * from jsonb_each(p_segment) loop
    if v_key not in ('lead_status', 'service_interests', 'last_visit_before', 'no_visit_ahead') then
      raise exception 'a segment has no key "%"; it has lead_status, service_interests, last_visit_before, no_visit_ahead',
        left(v_key, 40) using errcode = 'VX400';
    elsif not (case v_key
      when 'no_visit_ahead' then jsonb_typeof(v_value) = 'boolean'
      when 'last_visit_before' then jsonb_typeof(v_value) = 'string' and v_value #>> '{}' ~ '^\d{4}-\d{2}-\d{2}$'
      else jsonb_typeof(v_value) = 'array' and not jsonb_path_exists(v_value, '$[*] ? (@.type() != "string")')
    end) then
      raise exception 'the value of "%" does not fit', v_key using errcode = 'VX400';
    end if;
  end loop;
  perform (p_segment ->> 'last_visit_before')::date;
exception when datetime_field_overflow or invalid_datetime_format then
  raise exception 'last_visit_before is no date' using errcode = 'VX400';
end
$$;

comment on function app.check_segment(jsonb) is
  'Raises VX400 unless the segment of a campaign has known keys only, each with a value of its type: lead_status and service_interests arrays of strings, last_visit_before a date, no_visit_ahead true or false.';

select app.seal('app.check_segment(jsonb)', null, 'app_writer');
