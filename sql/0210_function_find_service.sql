create or replace function app.find_service(p_words text)
returns setof public.services
language plpgsql
stable
set search_path = ''
as $$
declare
  v_words text := app.normalise_name(coalesce(p_words, ''));
begin
  return query
  select s.*
  from public.services s
  cross join lateral (
    select min(
      case
        when s.id::text = lower(btrim(p_words)) then 0
        when n.name = v_words then 1
        when n.name like v_words || ' %' or n.name like '% ' || v_words or n.name like '% ' || v_words || ' %' then 2
        when v_words like n.name || ' %' or v_words like '% ' || n.name or v_words like '% ' || n.name || ' %' then 3
      end) as rank
    from (select app.normalise_name(unnest(array[s.name] || s.aliases)) as name) n
    where n.name <> ''
  ) m
  where s.org_id = app.current_org_id()
    and s.active
    and case when v_words = '' then
      -- Nothing said is only clear where there is nothing to choose.
      (select count(*) from public.services o where o.org_id = s.org_id and o.active) = 1
    else m.rank is not null end
  order by m.rank, char_length(s.name), s.id
  limit 1;
end
$$;

comment on function app.find_service(text) is
  'The active service that the words mean: its id, name or alias, or one that contains them as whole words or is contained in them. No row when nothing fits; without words only the single service of an organisation that has one.';

select app.seal('app.find_service(text)', null, 'tenant_user', 'tenant_service', 'app_writer');
