create or replace function app.is_card_expiry(p_digits text)
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  -- A month and a year of two or four digits; the years that cards in use have.
  select p_digits ~ '^(?:0?[1-9]|1[0-2])(?:20)?(?:2[4-9]|3[0-9]|4[0-5])$'
$$;

comment on function app.is_card_expiry(text) is
  'Whether digits can be the month and year that a payment card expires: 0427, 427, 042027.';

select app.seal('app.is_card_expiry(text)', null, 'tenant_service', 'app_writer');
