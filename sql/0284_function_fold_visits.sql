-- Dates, times and prices stand next to each other in scheduling talk: what is told to stay no longer adds up to a number
-- that somebody could be found by.
create or replace function app.fold_visits(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_number constant text := '(?: (?:[UTYHK0-9][0-9]*|[-,.]))+';
begin
  return app.folded_words(p_words, '()( 20[2-9][0-9]( [-./] )[0-9]{1,2}\3[0-9]{1,2}(?: [NWAL]t(?= ))?|(?<![-./]) [0-9]{1,2}( [-./] )[0-9]{1,2}\4(?:20)?[2-9][0-9](?! [-./] [0-9])'
    || '|(?: R?M[0-9]+(?: [.!])?(?: the)? (?:[0-9]{1,2}|O[0-9]+)| (?:[0-9]{1,2}|O[0-9]+)(?: of)? R?M[0-9]+)(?:(?: ;)? 20[2-9][0-9])?'
    || '| [0-9]{1,2} : [0-9][0-9](?: : [0-9][0-9])?'
    || '| \$' || v_number || '|(?: (?:between|from))?' || v_number || '(?: (?:to|and|or)' || v_number || ')? C)(?= )', 'stays');
end
$$;

comment on function app.fold_visits(text) is
  'Classified words with dates from 2020 on, times and prices told to stay, so that no rule for numbers takes them.';

select app.seal('app.fold_visits(text)', null, 'tenant_service', 'app_writer');
