create or replace function app.find_resource(p_words text)
returns setof public.resources
language plpgsql
stable
set search_path = ''
as $$
declare
  -- "Doctor" and "Dr." are how callers say a title, not part of who is meant.
  v_words text := regexp_replace(app.normalise_name(coalesce(p_words, '')), '^(dr|doctor|dra|doctora) ', '');
begin
  return query
  select r.*
  from public.resources r
  cross join lateral (
    select min(
      case
        when r.id::text = lower(btrim(p_words)) then 0
        when n.name = v_words then 1
        when n.name like v_words || ' %' or n.name like '% ' || v_words or n.name like '% ' || v_words || ' %' then 2
        when v_words like n.name || ' %' or v_words like '% ' || n.name or v_words like '% ' || n.name || ' %' then 3
      end) as rank
    from (
      select regexp_replace(app.normalise_name(unnest(array[r.name] || r.aliases)), '^(dr|doctor|dra|doctora) ', '') as name
    ) n
    where n.name <> ''
  ) m
  where r.org_id = app.current_org_id()
    and r.active
    and v_words <> ''
    and m.rank is not null
  order by m.rank, char_length(r.name), r.id
  limit 1;
end
$$;

comment on function app.find_resource(text) is
  'The active resource that the words mean: its id, name or alias, titles left aside, or one that contains them as whole words. No row when nothing fits.';

select app.seal('app.find_resource(text)', null, 'tenant_user', 'tenant_service', 'app_writer');
