create or replace function app.fold_known_names(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_part constant text := '(?: (?:de|la|van|von|der|den|del|di|da|bin|al|el|dos|mc)(?: [.!])?)*';
  -- An unknown word with a capital right before a known name is the first of it.
  v_before constant text := '(?: [RN][^ ]+(?: L[a-z](?: [.!])?)?(?: -)?){0,2}';
begin
  if p_words like '% P%' then
    p_words := app.folded_words(p_words,
      '()(' || v_before || v_part || ' P[^ ]+(?:(?: L[a-z](?: [.!])?|' || v_part || ')(?: -)? [PR][^ ]+)*)(?= )', 'name');
  end if;
  -- A known name that is a word too goes with a capital, where none begins a sentence; a month where none is meant.
  if p_words like '% R%' then
    p_words := app.folded_words(p_words, '((?! (?:in|on|of|next|this|last|until|till|by|early|late|mid|since|before|after|through|to|from|and|or|for|the|end) )'
      || ' (?:[a-z''][^ ]*|[;:]))( RM[0-9]+)(?= (?![0-9]|O|the O))', 'name');
    p_words := app.folded_words(p_words, '( (?:[a-z''][^ ]*|[;:]))( R[^M][^ ]*)(?= )', 'name');
    p_words := app.folded_words(p_words, '( [!?¶])( R[^ ]+)(?= [;!?])', 'name');
  end if;
  return p_words;
end
$$;

comment on function app.fold_known_names(text) is
  'Classified words with the given names folded; one that is a word too ("May", "Will") only with a capital and where the word is not meant.';

select app.seal('app.fold_known_names(text)', null, 'tenant_service', 'app_writer');
