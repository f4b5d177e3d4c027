create or replace function app.minutes_said(p_digits text)
returns integer
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case
    when char_length(p_digits) < 3 then 60 * p_digits::integer
    else 60 * left(p_digits, -2)::integer + right(p_digits, 2)::integer
  end
$$;

comment on function app.minutes_said(text) is
  'Minutes since midnight of up to four digits that may be a time: "9" and "900" are 540.';

select app.seal('app.minutes_said(text)', null, 'tenant_service', 'app_writer');
