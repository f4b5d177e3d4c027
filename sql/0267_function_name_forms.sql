create or replace function app.name_forms(p_names text[])
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
as $$
  select coalesce(jsonb_object_agg(f.form, true), '{}')
  from unnest(p_names) n(name)
  cross join lateral unnest(string_to_array(translate(n.name, '-’', ' '''), ' ')) w(word)
  -- Speech recognition writes accents and apostrophes as it likes: both spellings are the name's.
  cross join lateral (
    select lower(w.word)
    union all
    select replace(app.normalise_name(w.word), ' ', '')
    where octet_length(w.word) > char_length(w.word) or strpos(w.word, '''') > 0
  ) f(form)
  where char_length(f.form) > 1
    and f.form not in ('de', 'la', 'le', 'van', 'von', 'der', 'den', 'di', 'da', 'al', 'el', 'st', 'dr', 'mr', 'mrs', 'ms')
$$;

comment on function app.name_forms(text[]) is
  'The words of the given names as the keys of an object, in small letters, with and without accents and apostrophes. Initials and particles are none.';

select app.seal('app.name_forms(text[])', null, 'tenant_service', 'app_writer');
