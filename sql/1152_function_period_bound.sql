create or replace function app.period_bound(p_words text, p_zone text, p_end boolean)
returns timestamptz
language plpgsql
stable
strict
set search_path = ''
as $$
begin
  if btrim(p_words) !~ '^\d{4}-\d\d-\d\d$' then
    return app.wished_instant(p_words, p_zone);
  end if;
  return app.local_instant((p_words::date + p_end::integer)::timestamp, p_zone, false);
exception
  when datetime_field_overflow or invalid_datetime_format then
    raise exception 'there is no such date' using errcode = 'VX400';
end
$$;

comment on function app.period_bound(text, text, boolean) is
  'Where a period that a list is asked for begins (p_end false) or stops (true, not included): a day means all of that day in p_zone, a time means that instant. NULL for NULL, VX400 for what is neither.';

select app.seal('app.period_bound(text, text, boolean)', null, 'tenant_user');
