create or replace function app.caller_words(p_turns jsonb)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select ' ' || coalesce(string_agg(
    regexp_replace(regexp_replace(regexp_replace(
      translate(lower(t.turn ->> 'text'), '''’', ''),
      '\[[a-z ]*\]', ' ', 'g'), '[.,;:!?]+', ' . ', 'g'), '[^[:alnum:].]+', ' ', 'g'),
    ' . ' order by t.position), '') || ' '
  from jsonb_array_elements(case when jsonb_typeof(p_turns) = 'array' then p_turns else '[]' end) with ordinality t(turn, position)
  where t.turn ->> 'speaker' = 'caller' and t.turn ->> 'text' is not null
$$;

comment on function app.caller_words(jsonb) is
  'What the caller said in a call''s turns, and nobody else: in small letters, one blank between words, apostrophes left out (dont), a single point where a sentence, a part of one or a turn ends. For app.says.';

select app.seal('app.caller_words(jsonb)', null, 'app_writer');
