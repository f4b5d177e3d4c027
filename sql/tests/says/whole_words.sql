begin;
select plan(20);
create function pg_temp.says(p_said text, p_phrase text) returns boolean language sql as $$
  select app.says(app.caller_words(jsonb_build_array(jsonb_build_object('speaker', 'caller', 'text', p_said))), p_phrase)
$$;
select is(pg_temp.says(said, phrase), says, said || ': ' || phrase)
from (values
  ('I want to book a visit', 'book', true), ('I saw you on facebook', 'book', false), ('the bookkeeper', 'book', false),
  ('Book.', 'book', true), ('I''m in PAIN!', 'pain', true), ('I am not in pain', 'pain', false), ('No pain at all', 'pain', false),
  ('It doesn''t really hurt', 'hurt', false), ('It doesn’t hurt', 'hurt', false), ('No, it is the pain', 'pain', true),
  ('Not yet. The pain came today', 'pain', true), ('I do not want it but the pain stays', 'pain', true),
  ('No pain yesterday, but now there is pain', 'pain', true), ('I cannot book online', 'book', true), ('Never book again', 'book', false),
  ('How much is it', 'how much', true), ('how very much', 'how much', false), ('nothing hurts', 'not', false), ('', 'pain', false)
) c (said, phrase, says);
select is(app.says(null, 'pain'), null, 'nothing said');
select * from finish();
rollback;
