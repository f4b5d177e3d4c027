-- The order matters. Addresses and dates hold numbers, so numbers come after them; what must stay readable is set aside
-- before numbers are looked for; names come last, they may stand in an address.
create or replace function app.fold_identifiers(p_words text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select app.fold_names(app.fold_numbers(app.fold_records(app.fold_visits(app.fold_addresses(
    app.fold_birth_dates(app.fold_emails(p_words)))))))
$$;

comment on function app.fold_identifiers(text) is
  'Classified words with all identifiers folded that the redactor knows.';

select app.seal('app.fold_identifiers(text)', null, 'tenant_service', 'app_writer');
