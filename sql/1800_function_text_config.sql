create or replace function app.text_config(p_language text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case split_part(lower(p_language), '-', 1)
    when 'ar' then 'arabic' when 'ca' then 'catalan' when 'da' then 'danish' when 'de' then 'german' when 'el' then 'greek'
    when 'en' then 'english' when 'es' then 'spanish' when 'eu' then 'basque' when 'fi' then 'finnish' when 'fr' then 'french'
    when 'ga' then 'irish' when 'hi' then 'hindi' when 'hu' then 'hungarian' when 'hy' then 'armenian' when 'id' then 'indonesian'
    when 'it' then 'italian' when 'lt' then 'lithuanian' when 'nb' then 'norwegian' when 'nl' then 'dutch' when 'no' then 'norwegian'
    when 'pt' then 'portuguese' when 'ro' then 'romanian' when 'ru' then 'russian' when 'sr' then 'serbian' when 'sv' then 'swedish'
    when 'tr' then 'turkish' else 'simple' end
$$;

comment on function app.text_config(text) is
  'PostgreSQL''s full-text configuration for a BCP 47 tag: which words are small ones, and which endings words have. simple, which knows neither, for a language that it has none for, and for NULL.';

select app.seal('app.text_config(text)', null, 'app_writer');
