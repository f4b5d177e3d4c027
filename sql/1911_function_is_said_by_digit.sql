create or replace function app.is_said_by_digit(p_run text)
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  -- "Three one two", "double five", "312 555"; not "two thirty", nor "10".
  select p_run ~ '^(?: (?:U[0-9]|Lo|X[23]|[0-9]{3,}|[0-9](?= (?:[0-9]|$))|[-.,;/()!]|dash|hyphen|uh))+$'
$$;

comment on function app.is_said_by_digit(text) is
  'Whether a run of number words is dictated digit by digit or in groups of three and more, as telephone numbers are and times are not.';

select app.seal('app.is_said_by_digit(text)', null, 'tenant_service', 'app_writer');
