-- Callers' words come without accents as often as with them, and clinics' texts too. ICU knows the letters of all scripts.
create or replace function app.fold_text(p_text text)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select regexp_replace(normalize(lower(p_text collate "und-x-icu"), nfkd), '[\u0300-\u036f]', '', 'g');
end;

comment on function app.fold_text(text) is
  'A text as full-text search compares it: lower case, no accents, compatible forms of letters as one. NULL gives NULL.';

select app.seal('app.fold_text(text)', null, 'app_writer');
