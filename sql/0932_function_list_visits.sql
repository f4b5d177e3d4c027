create or replace function app.list_visits(
  p_language text,
  p_names text[],
  p_dates text[],
  p_times text[],
  p_codes boolean
)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_visit text := case p_language when 'es' then 'cita' when 'fr' then 'rendez-vous' when 'de' then 'Termin' else 'visit' end;
  v_code text := case p_language when 'es' then 'codigo' when 'fr' then 'code' when 'de' then 'Code' else 'code' end;
begin
  if cardinality(p_dates) = 1 then
    return v_visit || ' ' || p_dates[1] || ', ' || p_times[1] || case when p_codes then '. ' || initcap(v_code) || ' [code]' else '' end;
  end if;
  return (
    select string_agg(
      coalesce(p_names[d.at] || ' ', '') || d.day || ', ' || p_times[d.at]
        || case when p_codes then ' (' || v_code || ' [code])' else '' end,
      '; ' order by d.at)
    from unnest(p_dates) with ordinality d (day, at)
  );
end
$$;

comment on function app.list_visits(text, text[], text[], text[], boolean) is
  'Visits in the words of a text: "visit Tue Mar 3, 2:00 PM. Code [code]", or of several "Ann Tue Mar 3, 2:00 PM (code [code]); Ben …". p_names: a name for each, NULL where none is to be said; p_codes: whether there is a place for each visit''s code.';

select app.seal('app.list_visits(text, text[], text[], text[], boolean)', null, 'app_writer');
