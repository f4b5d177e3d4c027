create or replace function app.redact_names(p_text text, p_names text[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_word text;
begin
  for v_word in
    select distinct f.form
    from unnest(p_names) n(name)
    cross join lateral regexp_split_to_table(btrim(n.name), '[\s-]+') w(word)
    -- Speech recognition writes accents and apostrophes as it likes: both spellings go.
    cross join lateral (values (w.word), (replace(app.normalise_name(w.word), ' ', ''))) f(form)
    where char_length(f.form) > 1
  loop
    p_text := regexp_replace(p_text,
      '\m' || regexp_replace(v_word, '([][\\.^$*+?(){}|])', '\\\1', 'g') || '\M', '[name]', 'gi');
  end loop;
  return regexp_replace(p_text, '\[name\](?:[\s-]+\[name\])+', '[name]', 'g');
end
$$;

comment on function app.redact_names(text, text[]) is
  'The text with every word of the given names replaced by [name], whatever its case; one placeholder for a full name. A name that is also a word (May, Will) takes that word with it.';

select app.seal('app.redact_names(text, text[])', null, 'tenant_service', 'app_writer');
