-- One curly quote turns a text of 160 characters into three segments of UCS-2, each paid for. What looks the same in
-- the phone's own alphabet is sent in it; letters of other languages are left as they are.
create or replace function app.plain_text(
  p_text text
)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select regexp_replace(
    regexp_replace(
      replace(
        translate(
          regexp_replace(p_text, E'\r\n?|[\u2028\u2029]', E'\n', 'g'),
          -- Quotation marks, primes; hyphens, dashes, minus; spaces of every width, and the tab.
          E'\u2018\u2019\u201A\u201B\u2032\u02BC' || E'\u201C\u201D\u201E\u201F\u2033\u00AB\u00BB'
            || E'\u2010\u2011\u2012\u2013\u2014\u2015\u2212'
            || E'\t\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000',
          repeat('''', 6) || repeat('"', 7) || repeat('-', 7) || repeat(' ', 17)),
        E'\u2026', '...'),
      -- Soft hyphen, zero-width space, word joiner, byte order mark, marks and overrides of the writing direction.
      E'[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]', '', 'g'),
    -- What is left of C0 and C1; the newline stays.
    E'[\u0001-\u0009\u000B-\u001F\u007F-\u009F]', '', 'g')
$$;

comment on function app.plain_text(text) is
  'A text for a phone: typographic quotes, dashes, the ellipsis and all kinds of spaces made plain, line ends made newlines, invisible and control characters removed except the newline. Nothing else changes: accents and emoji stay. NULL gives NULL.';

select app.seal('app.plain_text(text)', null, 'app_writer');
