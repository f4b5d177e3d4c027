-- It errs towards taking out too much of a number and leaves visit dates readable, because that is what staff read a
-- transcript for. Addresses first: their digits are part of them. Names last: they may stand in an address.
create or replace function app.redact_phi(p_text text, p_names text[])
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select app.redact_names(app.redact_numbers(app.redact_birth_dates(app.redact_emails(p_text))), p_names)
$$;

comment on function app.redact_phi(text, text[]) is
  'The text without identifiers: social security and card numbers, phone numbers (also spelled out), e-mail addresses, dates of birth and the given names'' words, each replaced by a placeholder in brackets. Dates of visits stay. NULL stays NULL.';

select app.seal('app.redact_phi(text, text[])', null, 'tenant_service', 'app_writer');
