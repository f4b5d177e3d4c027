create or replace function app.find_service(p_words text)
returns setof public.services
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select s.*
  from public.services s
  cross join lateral (
    select case
      when s.id::text = lower(btrim(p_words)) then 0
      when app.normalise_name(coalesce(p_words, '')) <> '' then app.match_rank(p_words, array[s.name] || s.aliases)
      -- Nothing said is only clear where there is nothing to choose.
      when (select count(*) from public.services o where o.org_id = s.org_id and o.active) = 1 then 4
    end as rank
  ) m
  where s.org_id = app.current_org_id()
    and s.active
    and m.rank is not null
  order by m.rank, char_length(s.name), s.id
  limit 1;
end
$$;

comment on function app.find_service(text) is
  'The active service that the words mean: its id, name or alias, or one that contains them as whole words or is contained in them. No row when nothing fits; without words only the single service of an organisation that has one.';

select app.seal('app.find_service(text)', null, 'tenant_user', 'tenant_service', 'app_writer');
