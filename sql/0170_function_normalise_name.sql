-- Speech recognition spells one name several ways: case, accents, hyphens and apostrophes must not make two patients.
-- ICU's collation knows the letters of all scripts also where the database was made with locale C.
-- A standard body is bound to what it names when it is made: safe without a search path, and so it can be inlined.
create or replace function app.normalise_name(p_name text)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select btrim(regexp_replace(
    regexp_replace(normalize(lower(p_name collate "und-x-icu"), nfkd), '[\u0300-\u036f''’`.]', '', 'g'),
    '[^[:alnum:]]+', ' ', 'g'));
end;

comment on function app.normalise_name(text) is
  'The form in which names are compared: lower case, no accents, apostrophes or dots, other signs as one blank. Empty when nothing is left.';

select app.seal('app.normalise_name(text)', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer');
