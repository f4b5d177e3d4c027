create or replace function app.only_listens(p_turn text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select coalesce(char_length(p_turn) < 60 and string_to_array(btrim(translate(lower(p_turn), '.,!?-…’', '      ''')), ' ') <@ array[
    '', 'mm', 'mhm', 'hm', 'hmm', 'mmhmm', 'uh', 'huh', 'uhhuh', 'um', 'ah', 'oh', 'okay', 'ok', 'yes', 'yeah', 'yep', 'yup', 'sure', 'right', 'got', 'it', 'go', 'ahead', 'on',
    'continue', 'and', 'then', 'the', 'rest', 'next', 'last', 'part', 'good', 'great', 'perfect', 'alright', 'all', 'thanks', 'thank', 'you', 'keep', 'going',
    'i''m', 'listening', 'ready', 'please', 'of', 'correct', 'cool', 'still', 'here', 'so', 'far', 'with'], true)
$$;

comment on function app.only_listens(text) is
  'Whether a turn only says that somebody listens ("mm-hm", "okay, go ahead", "and the rest?"), or nothing: NULL is such a turn. The number that is dictated goes on after it.';

select app.seal('app.only_listens(text)', null, 'tenant_service', 'app_writer');
