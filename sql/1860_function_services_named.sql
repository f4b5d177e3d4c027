create or replace function app.services_named(p_words text)
returns uuid[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(distinct s.id), '{}')
  from public.services s,
    unnest(s.aliases || s.name) a (name),
    lateral (select btrim(regexp_replace(translate(lower(a.name), '''’', ''), '[^[:alnum:]]+', ' ', 'g')) as phrase) w
  where s.org_id = app.current_org_id() and s.active and char_length(w.phrase) >= 3 and app.says(p_words, w.phrase)
$$;

comment on function app.services_named(text) is
  'The clinic''s active services that words from app.caller_words name, by name or alias, as whole words and without a denial.';

select app.seal('app.services_named(text)', null, 'app_writer');
