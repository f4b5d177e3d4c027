create or replace function app.name_distance(p_said text, p_names text[])
returns integer
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_said text := app.normalise_name(coalesce(p_said, ''));
begin
  if v_said = '' then
    return 0;
  end if;
  return (
    select min(case
      when n.name = v_said or n.name like v_said || ' %' then 0
      when extensions.levenshtein_less_equal(left(n.name, 100), left(v_said, 100), 2) <= 2 then 1
    end)
    from (select app.normalise_name(unnest(p_names)) as name) n
  );
end
$$;

comment on function app.name_distance(text, text[]) is
  'How well a name that was said fits somebody''s names: 0 as it was said, or nothing was said (the first name will do), 1 at most two edits away, NULL another name.';

select app.seal('app.name_distance(text, text[])', null, 'app_writer');
