create or replace function app.plain_value(p_text text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select left(btrim(regexp_replace(regexp_replace(app.plain_text(p_text), '[{}<>\[\]$%`|\\#*_"=]', ' ', 'g'), '[[:space:]]+', ' ', 'g')), 200)
$$;

comment on function app.plain_value(text) is
  'A text as a value of a prompt: one line of at most 200 characters, without signs that a template or a model would read as more than text.';

select app.seal('app.plain_value(text)', null, 'app_writer');
