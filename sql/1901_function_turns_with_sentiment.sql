-- Found when it is looked at: nothing more of a caller's mood is kept than of the call as a whole, and nothing more to erase.
create or replace function app.turns_with_sentiment(p_turns jsonb)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select coalesce(jsonb_agg(
    t.turn || jsonb_build_object('sentiment',
      app.sentiment_label(app.sentiment_of_words(app.caller_words(jsonb_build_array(t.turn)))))
    order by t.position), '[]')
  from jsonb_array_elements(case when jsonb_typeof(p_turns) = 'array' then p_turns else '[]' end) with ordinality t(turn, position)
$$;

comment on function app.turns_with_sentiment(jsonb) is
  'A call''s turns, each with the sentiment of its words by rules (app.sentiment_of_words): null for what the agent said, whose words are ours, and for a turn without a word.';

select app.seal('app.turns_with_sentiment(jsonb)', null, 'app_writer');
