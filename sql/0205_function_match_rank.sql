create or replace function app.match_rank(p_words text, p_names text[])
returns integer
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (
    -- "Doctor" and "Dr." are how callers say a title, not part of who is meant.
    with said as (
      select regexp_replace(app.normalise_name(coalesce(p_words, '')), '^(dr|doctor|dra|doctora) ', '') as words
    ), known as (
      select regexp_replace(app.normalise_name(unnest(p_names)), '^(dr|doctor|dra|doctora) ', '') as name
    )
    select min(case
      when k.name = s.words then 1
      when ' ' || k.name || ' ' like '% ' || s.words || ' %' then 2
      when ' ' || s.words || ' ' like '% ' || k.name || ' %' then 3
    end)
    from said s, known k
    where s.words <> '' and k.name <> ''
  );
end
$$;

comment on function app.match_rank(text, text[]) is
  'How well words that were said fit the best of some names, titles left aside: 1 equal, 2 the words stand in the name as whole words, 3 the name stands in the words; NULL when nothing fits or nothing was said.';

select app.seal('app.match_rank(text, text[])', null, 'tenant_user', 'tenant_service', 'app_writer');
