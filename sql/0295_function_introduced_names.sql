create or replace function app.introduced_names(p_tokens text[], p_words text, p_folded text)
returns text[]
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  -- The kind of a span stands at its first word only: the words after it belong to the last that has one.
  select coalesce(array_agg(distinct lower(k.token)) filter (where k.kind = '[name' and k.word like 'N%' and char_length(k.token) > 2), '{}')
  from (
    select f.token, f.word, max(f.folded) over (partition by f.span) as kind
    from (
      select t.token, t.word, t.folded, count(*) filter (where t.folded <> '=') over (order by t.position) as span
      from unnest(p_tokens, string_to_array(btrim(p_words), ' '), string_to_array(btrim(p_folded), ' '))
        with ordinality t(token, word, folded, position)
    ) f
  ) k
$$;

comment on function app.introduced_names(text[], text, text) is
  'The words, in small letters, that fold_names took for names without having been given them: tokens of a text, what they are, and what became of them.';

select app.seal('app.introduced_names(text[], text, text)', null, 'tenant_service', 'app_writer');
