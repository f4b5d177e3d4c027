create or replace function app.unfolded_text(p_tokens text[], p_gaps text[], p_words text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case when strpos(r.text, '[name]') = 0 then r.text else regexp_replace(r.text, '\[name\](?:[\s-]+\[name\])+', '[name]', 'g') end
  from (select string_agg(
      case
        when u.word = '=' then ''
        when u.word = '[dob' then '[date of birth]'
        when u.word = '[record' then '[record number]'
        when u.word like '[%' then u.word || ']'
        else u.token
      end
      -- The blanks inside a span go with it.
      || case when u.next = '=' then '' else u.gap end, '' order by u.position) as text
  from (
    select t.token, t.gap, t.word, t.position, lead(t.word) over (order by t.position) as next
    from unnest(p_tokens, p_gaps, string_to_array(btrim(p_words), ' ')) with ordinality t(token, gap, word, position)
  ) u) r
$$;

comment on function app.unfolded_text(text[], text[], text) is
  'The text of tokens and the blanks after them, with a placeholder where the classified words are folded to a kind. Placeholders of one name are one.';

select app.seal('app.unfolded_text(text[], text[], text)', null, 'tenant_service', 'app_writer');
