-- Staff write a number as it stands on paper, and stored is E.164: only its digits are looked for, without the zero that
-- stands before an area code at home and nowhere else.
create or replace function app.contact_search(p_search text)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select '%' || case
    when p_search ~ '^[+0-9 ().-]+$' and p_search ~ '[0-9].*[0-9].*[0-9]'
      then ltrim(regexp_replace(p_search, '[^0-9]', '', 'g'), '0')
    else replace(replace(replace(lower(btrim(p_search) collate "und-x-icu"), '\', '\\'), '%', '\%'), '_', '\_')
  end || '%';
end;

comment on function app.contact_search(text) is
  'The pattern that contacts.search_text is compared with (like) when p_search is looked for. Blanks around it, case and the spelling of a number do not matter; % and _ are letters.';

select app.seal('app.contact_search(text)', null, 'tenant_user', 'app_searcher');
