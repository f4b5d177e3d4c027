create or replace function app.passes_luhn(p_digits text)
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  -- Every second digit from the right counts double, and a double of two digits by their sum.
  select coalesce(sum(case when d.place % 2 = 1 then d.digit when d.digit > 4 then 2 * d.digit - 9 else 2 * d.digit end) % 10 = 0, false)
  from (
    select c.digit::integer, row_number() over (order by c.position desc) as place
    from regexp_split_to_table(p_digits, '') with ordinality c(digit, position)
  ) d
$$;

comment on function app.passes_luhn(text) is
  'Whether ASCII digits end in the check digit that every payment card has (ISO/IEC 7812). Anything but digits is an error.';

select app.seal('app.passes_luhn(text)', null, 'tenant_service', 'app_writer');
