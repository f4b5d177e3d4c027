-- The denial must stand at most two words before, in the same part of a sentence: "not in pain", "it does not really hurt".
-- What is gone is denied as well (the pain is gone, the bleeding has stopped).
-- What somebody cannot do (cannot book online) is no denial of what they want.
create or replace function app.says(p_words text, p_phrase text)
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select position(' ' || p_phrase || ' ' in p_words) > 0
    and p_words ~ (
      '(?<! (not|no|never|without|dont|doesnt|didnt|isnt|arent|wasnt|werent|havent|hasnt|hadnt|wont|wouldnt|neither|nor|nothing)( [[:alnum:]]+)?( [[:alnum:]]+)?)'
      || ' ' || p_phrase || ' (?!(is |has |have |went |was )?(all |completely )?(gone|away|stopped) )')
$$;

comment on function app.says(text, text) is
  'Whether words from app.caller_words hold a phrase (small letters, no apostrophes), as whole words, at least once without a denial right before it, or that it is gone right after. "facebook" does not say "book", "not in pain" not "pain".';

select app.seal('app.says(text, text)', null, 'app_writer');
